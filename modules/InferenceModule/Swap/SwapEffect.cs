namespace EdgeModules.Inference.Swap;

/// <summary>What the machine wants done. Carried out in order; the answer to one with a ticket comes back as a call of the machine.</summary>
public abstract record SwapEffect
{
    /// <summary>To be answered with <see cref="SwapMachine.Saved"/> or <see cref="SwapMachine.SaveFailed"/>.</summary>
    public sealed record Save(ModelJournal Journal) : SwapEffect;

    /// <summary>Brings the file; goes on with what has come already.</summary>
    public sealed record Fetch(int Ticket, ModelSource Source, long MaxBytes, TimeSpan Limit) : SwapEffect;

    /// <summary>Looks at the file: gate 0.</summary>
    public sealed record Admit(int Ticket, ModelSource Source, PolicySettings Policy) : SwapEffect;

    /// <summary>Loads the candidate and tests it: gate 1.</summary>
    /// <param name="Beside">The live model, of which a copy is loaded for the probes; null when there will be no shadow.</param>
    public sealed record Load(int Ticket, ModelEntry Model, PolicySettings Policy, ModelEntry? Beside) : SwapEffect;

    /// <summary>The candidate gets every window of the live model from now on.</summary>
    public sealed record StartShadow(int Ticket, PolicySettings Policy) : SwapEffect;

    /// <summary>Ends what is done for a candidate, and lets go of it.</summary>
    public sealed record Drop(string Sha256) : SwapEffect;

    /// <summary>The candidate becomes the live model. The one before goes along, if there is one and <paramref name="IsOnProbation"/>.</summary>
    public sealed record SwapIn(bool IsOnProbation, PolicySettings Policy) : SwapEffect;

    /// <summary>Lets go of the model before; its file stays.</summary>
    public sealed record EndProbation : SwapEffect;

    /// <summary>
    /// Makes this the live model: that of memory if it is there, else that of the file. Answered with <see cref="SwapMachine.LiveLoaded"/> or
    /// <see cref="SwapMachine.LiveFailed"/>.
    /// </summary>
    public sealed record GoLive(ModelEntry Model, bool IsOnProbation, PolicySettings Policy) : SwapEffect;

    /// <summary>There is no model to work with: no scores.</summary>
    public sealed record GoDark(string Reason) : SwapEffect;

    public sealed record Tell(SwapReport Report) : SwapEffect;
}
