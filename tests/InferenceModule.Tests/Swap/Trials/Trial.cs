using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Tests.Swap.Trials;

/// <summary>What is wrong with a candidate, or not.</summary>
public enum CandidateKind
{
    Identical,
    GoodRetrain,
    BlindToOneSensor,
    Dead,
    LimitTimesThree,
    LimitHalved,
    SwappedFeatures,
    Miscalibrated,
    Slow,
    NotANumberNowAndThen,
    Crashing,
}

/// <summary>One candidate against one active model on one plant, all of it from a seed, judged with the policy's defaults.</summary>
internal static class Trial
{
    private const int Features = TrialPlant.Features;
    private const int RowLength = TrialFit.Size * Features;

    public static bool IsBad(CandidateKind kind) => kind is not (CandidateKind.Identical or CandidateKind.GoodRetrain);

    public static Judgement Run(CandidateKind kind, int seed, PolicySettings policy)
    {
        var random = new Random(seed * 31 + (int)kind);
        var clock = new TrialClock();
        var quantile = 0.93 + 0.06 * random.NextDouble();
        var fit = TrialFit.Train(seed, seed: 2 * seed + 1_000_003, quantile);
        var active = new TrialModel("active", fit, clock);
        var candidate = Make(kind, seed, quantile, fit, random, clock);
        var machines = 2 + random.Next(7);
        var comparison = new ModelComparison(new LiveModel(active.Manifest, active), candidate, new ComparisonPlan(policy, TrialFit.Size, 1000), clock);
        var plant = new TrialPlant(seed, seed + 77_000_001, machines, faultsPerHour: random.NextDouble());
        return Play(comparison, active, plant, machines, policy);
    }

    private static Judgement Play(ModelComparison comparison, TrialModel active, TrialPlant plant, int machines, PolicySettings policy)
    {
        var rows = new float[machines][];
        for (var machine = 0; machine < machines; machine++) rows[machine] = new float[RowLength];
        var normalised = new float[machines][];
        for (var machine = 0; machine < machines; machine++) normalised[machine] = new float[RowLength];
        var names = Enumerable.Range(0, machines).Select(machine => $"machine-{machine}").ToArray();
        var score = new float[1];
        var waiting = new List<QueuedWindow>();
        for (long second = 0; ; second++)
        {
            for (var machine = 0; machine < machines; machine++)
            {
                var window = rows[machine];
                Array.Copy(window, Features, window, 0, RowLength - Features);
                plant.Next(machine, window.AsSpan(RowLength - Features));
                if (second < TrialFit.Size) continue;
                active.Manifest.Normalisation.Apply(window, normalised[machine], Features);
                active.Score(normalised[machine], 1, score, []);
                waiting.Add(new QueuedWindow(names[machine], second * 1000, score[0], window, normalised[machine]));
            }

            for (var at = 0; at < waiting.Count;)
            {
                var count = Math.Min(comparison.BatchSize, waiting.Count - at);
                comparison.Observe(waiting.GetRange(at, count).ToArray());
                at += count;
            }

            waiting.Clear();
            if (second % 60 != 0 || second == 0) continue;
            var elapsed = TimeSpan.FromSeconds(second - TrialFit.Size);
            var isDue = elapsed.TotalMinutes >= policy.MinShadowMinutes;
            var seen = comparison.Snapshot(dropped: 0);
            if (!isDue && seen.Fatal is null) continue;
            var judgement = ShadowPolicy.Judge(policy, seen, elapsed, isApproved: false);
            if (judgement.Decision != ShadowDecision.GoOn) return judgement;
        }
    }

    private static TrialModel Make(CandidateKind kind, int seed, double quantile, TrialFit fit, Random random, TrialClock clock)
    {
        var retrained = TrialFit.Train(seed, seed: 2 * seed + 5_000_002, quantile);
        switch (kind)
        {
            case CandidateKind.Identical:
                return new TrialModel("identical", fit, clock);
            case CandidateKind.GoodRetrain:
                return new TrialModel("retrain", retrained, clock);
            case CandidateKind.BlindToOneSensor:
                return new TrialModel("blind", TrialFit.Train(seed, 2 * seed + 5_000_002, quantile, blindTo: random.Next(Features)), clock);
            case CandidateKind.Dead:
                var constant = (float)(0.7 * random.NextDouble());
                return new TrialModel("dead", fit, clock) { Change = _ => constant };
            case CandidateKind.LimitTimesThree:
                return new TrialModel("lax", retrained with { ControlLimit = 3 * retrained.ControlLimit }, clock);
            case CandidateKind.LimitHalved:
                return new TrialModel("strict", retrained with { ControlLimit = retrained.ControlLimit / 2 }, clock);
            case CandidateKind.SwappedFeatures:
                var one = random.Next(Features);
                var other = (one + 1 + random.Next(Features - 1)) % Features;
                return new TrialModel("swapped", retrained, clock) { Before = window => Swap(window, one, other) };
            case CandidateKind.Miscalibrated:
                return new TrialModel("miscalibrated", Miscalibrate(retrained, random), clock);
            case CandidateKind.Slow:
                return Slow(retrained, random, clock);
            case CandidateKind.NotANumberNowAndThen:
                var rate = 1 / (100 + 900 * random.NextDouble());
                return new TrialModel("nan", retrained, clock) { Change = score => random.NextDouble() < rate ? float.NaN : score };
            default:
                return Crashing(retrained, random, clock);
        }
    }

    private static void Swap(float[] window, int one, int other)
    {
        for (var row = 0; row < window.Length; row += Features) (window[row + one], window[row + other]) = (window[row + other], window[row + one]);
    }

    /// <summary>Means or deviations of another plant than the one it works on.</summary>
    private static TrialFit Miscalibrate(TrialFit fit, Random random)
    {
        if (random.Next(2) == 0)
        {
            var factor = 0.45 + 0.2 * random.NextDouble();
            return fit with { Deviations = [.. fit.Deviations.Select(deviation => factor * deviation)] };
        }

        return fit with { Means = [.. fit.Means.Select((mean, feature) => mean + fit.Deviations[feature] * Off())] };

        double Off() => (0.8 + random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1);
    }

    /// <summary>Always, or three calls in a hundred.</summary>
    private static TrialModel Slow(TrialFit fit, Random random, TrialClock clock)
    {
        var always = TimeSpan.FromMilliseconds(1.5 + 20 * random.NextDouble());
        var sometimes = TimeSpan.FromMilliseconds(12 + 30 * random.NextDouble());
        var isAlways = random.Next(2) == 0;
        return new TrialModel("slow", fit, clock)
        {
            Latency = () => isAlways ? always : random.NextDouble() < 0.03 ? sometimes : TimeSpan.FromMicroseconds(30),
        };
    }

    /// <summary>At random, or from some time on at every call.</summary>
    private static TrialModel Crashing(TrialFit fit, Random random, TrialClock clock)
    {
        var rate = 0.003 + 0.03 * random.NextDouble();
        var dies = random.Next(2) == 0 ? 500 + random.Next(3000) : int.MaxValue;
        var windows = 0;
        return new TrialModel("crashing", fit, clock)
        {
            Before = _ =>
            {
                windows++;
                if (windows > dies || (dies == int.MaxValue && random.NextDouble() < rate)) throw new ModelRunException("The trial says so.");
            },
        };
    }
}
