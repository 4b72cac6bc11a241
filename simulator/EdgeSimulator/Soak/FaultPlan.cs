namespace EdgeSimulator.Soak;

/// <param name="Module">On which it is done, where it is done to one.</param>
/// <param name="Gap">Time before it.</param>
/// <param name="IsAlone">The suite is whole again before the next one comes; else the next may come while it still recovers.</param>
/// <param name="Seed">For what the fault itself leaves to chance.</param>
internal sealed record PlannedFault(FaultKind Kind, string Module, TimeSpan Length, TimeSpan Gap, bool IsAlone, int Seed);

/// <summary>Which fault comes next, all from the seed: each kind comes once before any comes again, in a new order every time.</summary>
/// <param name="kinds">At least one.</param>
/// <param name="modules">At least one.</param>
/// <param name="longest">No fault lasts longer, and no time between two.</param>
internal sealed class FaultPlan(int seed, IReadOnlyList<FaultKind> kinds, IReadOnlyList<string> modules, TimeSpan longest)
{
    private const double LeastGapSeconds = 0.5;
    private const double MostGapSeconds = 6;
    private const double ShareAlone = 0.7;

    private readonly Queue<FaultKind> _round = new();

    // To be repeated, not to be secret.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);

    public PlannedFault Next()
    {
        if (_round.Count == 0)
        {
            var round = kinds.ToArray();
            _random.Shuffle(round);
            foreach (var next in round) _round.Enqueue(next);
        }

        var kind = _round.Dequeue();
        var (least, most) = FaultKinds.LengthOf(kind);
        return new PlannedFault(
            kind,
            modules[_random.Next(modules.Count)],
            TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Between(least.TotalSeconds, most.TotalSeconds))),
            TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Between(LeastGapSeconds, MostGapSeconds))),
            _random.NextDouble() < ShareAlone,
            _random.Next());
    }

    private double Between(double least, double most) => least + ((most - least) * _random.NextDouble());
#pragma warning restore CA5394
}
