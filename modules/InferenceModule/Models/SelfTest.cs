using EdgeModules.Inference.Swap;
using EdgeModules.Inference.Swap.Statistics;
using EdgeModules.Models;

namespace EdgeModules.Inference.Models;

/// <summary>Gate 1: the loaded model answers what its trainer says, in time, and with scores whatever it is asked.</summary>
public static class SelfTest
{
    private const int WarmUpRuns = 10;
    private const int TimedRuns = 200;
    private static readonly float[] Levels = [0, 1, -1, 10, -10, 1000];

    /// <exception cref="ModelRunException">A call failed.</exception>
    public static IReadOnlyList<RuleResult> Run(IScoringModel model, PolicySettings policy, TimeProvider time)
    {
        var manifest = model.Manifest;
        var window = new float[manifest.WindowLength];
        var answer = new float[1];
        for (var run = 0; run < WarmUpRuns; run++) model.Score(window, 1, answer, []);

        var worst = 0.0;
        var worstShare = 0.0;
        var areScores = true;
        foreach (var golden in manifest.Golden)
        {
            Normalise(manifest, golden, window);
            model.Score(window, 1, answer, []);
            areScores &= ModelComparison.IsScore(answer[0]);
            var difference = Math.Abs(answer[0] - golden.Score);
            if (!(difference / golden.Tolerance <= worstShare)) (worst, worstShare) = (difference, difference / golden.Tolerance);
        }

        foreach (var level in Levels)
        {
            Array.Fill(window, level);
            model.Score(window, 1, answer, []);
            areScores &= ModelComparison.IsScore(answer[0]);
        }

        var p99 = Time(model, window, answer, time);
        return
        [
            new RuleResult("goldenVectors", worst, "<= 1 tolerance of the vector", Verdict(worstShare <= 1), $"{manifest.Golden.Count} vectors"),
            new RuleResult("scores", null, "within 0 to 1", Verdict(areScores)),
            new RuleResult("selfTestP99Ms", p99, $"<= {GateRules.Text(policy.MaxLatencyP99Ms)}", Verdict(p99 <= policy.MaxLatencyP99Ms)),
        ];
    }

    private static RuleVerdict Verdict(bool holds) => holds ? RuleVerdict.Held : RuleVerdict.Broken;

    private static double Time(IScoringModel model, float[] window, float[] answer, TimeProvider time)
    {
        var latency = new LatencyHistogram();
        Array.Clear(window);
        for (var run = 0; run < TimedRuns; run++)
        {
            var start = time.GetTimestamp();
            model.Score(window, 1, answer, []);
            latency.Add(time.GetElapsedTime(start));
        }

        return latency.QuantileMs(0.99);
    }

    private static void Normalise(ModelManifest manifest, GoldenVector golden, float[] window)
    {
        var input = golden.Input.ToArray();
        if (manifest.Normalisation.Kind == Normalisation.Ewma) input.CopyTo(window, 0);
        else manifest.Normalisation.Apply(input, window, manifest.Features.Count);
    }
}
