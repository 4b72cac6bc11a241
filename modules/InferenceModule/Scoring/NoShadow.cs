namespace EdgeModules.Inference;

/// <summary>No candidate looks on.</summary>
internal sealed class NoShadow : IShadowTap
{
    public bool Wants => false;

    public void Offer(in ScoredWindow window)
    {
    }
}
