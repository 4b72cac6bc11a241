using EdgeSimulator.Accounting;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Running;

/// <summary>Gets the ledgers of the modules: asked by direct method, else as last reported in the twin.</summary>
public sealed class LedgerReader(IEdgeHub hub)
{
    private const string Method = "getLedger";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<LedgerAnswer> AskAsync(string module, CancellationToken cancellation)
    {
        if (!hub.GetStatus().ConnectedModules.Contains(module)) return LedgerAnswer.Silence;
        try
        {
            var answer = await hub.InvokeMethodAsync(module, Method, null, Patience, cancellation);
            return new LedgerAnswer(Answered: true, answer is { Status: 200, Payload: JObject json } ? new ModuleLedger(json) : null);
        }
        catch (SimulatorException)
        {
            // It went away in the meantime; whoever asks decides whether to ask again.
            return LedgerAnswer.Silence;
        }
    }

    public async Task<IReadOnlyDictionary<string, LedgerAnswer>> AskAllAsync(IEnumerable<string> modules, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(modules.Select(async module => (module, Answer: await AskAsync(module, cancellation))));
        return answers.ToDictionary(answer => answer.module, answer => answer.Answer);
    }

    /// <returns>Null when the module has never reported one.</returns>
    public ModuleLedger? Reported(string module) => hub.GetTwin(module)["reported"]?["ledger"] is JObject json ? new ModuleLedger(json) : null;
}

/// <param name="Answered">False: it is not connected, or too busy to answer.</param>
/// <param name="Ledger">Null when it answered that it has none.</param>
public sealed record LedgerAnswer(bool Answered, ModuleLedger? Ledger)
{
    public static LedgerAnswer Silence { get; } = new(false, null);
}
