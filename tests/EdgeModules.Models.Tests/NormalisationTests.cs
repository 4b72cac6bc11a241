namespace EdgeModules.Models.Tests;

public class NormalisationTests
{
    [Fact]
    public void Apply_Static_TakesMeanAndDeviationOfEachFeature()
    {
        var normalised = new float[4];
        Samples.Manifest.Normalisation.Apply([22.5f, 45, 18.5f, 45.5f], normalised, 2);
        Assert.Equal([1, 0, -1, 5], normalised);
    }

    [Fact]
    public void Apply_None_LeavesTheReadings()
    {
        var normalised = new float[2];
        new Normalisation { Kind = Normalisation.None }.Apply([1, 2], normalised, 2);
        Assert.Equal([1, 2], normalised);
    }

    [Fact]
    public void Baseline_OfDevicesAtOtherLevels_GivesTheSameValues()
    {
        var random = new Random(1);
        var noise = Enumerable.Range(0, 2_000).Select(_ => random.NextDouble() - 0.5).ToList();
        var low = Normalise(noise.Select(value => (float)value), Ewma(100));
        var high = Normalise(noise.Select(value => (float)(value * 8 + 4_096)), Ewma(100));

        Assert.All(low.Zip(high).Skip(100), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        Assert.InRange(low.Skip(500).Max(), 1.2, 3);
    }

    [Fact]
    public void Baseline_OfAStep_IsFarAtOnceAndLearntAfterHalfLives()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 3_000).Select(n => (float)((n < 1_000 ? 0 : 20) + random.NextDouble() - 0.5));
        var normalised = Normalise(values, Ewma(100));
        Assert.True(normalised[1_000] > 20);
        Assert.InRange(normalised[^1], -3, 3);
    }

    [Fact]
    public void Baseline_WhileOverLimit_StaysUntilTheFreezeEnds()
    {
        var baseline = new EwmaBaseline(Ewma(10) with { FreezeReadings = 50 }, 1);
        var state = new double[baseline.StateLength];
        var normalised = new float[1];
        for (var n = 0; n < 100; n++) baseline.Apply(state, [n % 2], normalised, false);
        var learnt = state.AsSpan(2).ToArray();

        for (var n = 0; n < 50; n++) baseline.Apply(state, [100], normalised, true);
        Assert.Equal(learnt, state.AsSpan(2).ToArray());

        baseline.Apply(state, [100], normalised, true);
        Assert.True(state[2] > learnt[0]);
    }

    [Fact]
    public void Baseline_OfAConstantThatJumps_IsBounded()
    {
        var normalised = Normalise(Enumerable.Repeat(5f, 100).Append(1e30f), Ewma(100));
        Assert.Equal(0, normalised[99]);
        Assert.Equal(EwmaBaseline.Bound, normalised[100]);
    }

    private static Normalisation Ewma(double halfLife) => new() { Kind = Normalisation.Ewma, HalfLifeReadings = halfLife };

    private static List<float> Normalise(IEnumerable<float> values, Normalisation normalisation)
    {
        var baseline = new EwmaBaseline(normalisation, 1);
        var state = new double[baseline.StateLength];
        var result = new List<float>();
        var normalised = new float[1];
        foreach (var value in values)
        {
            baseline.Apply(state, [value], normalised, overLimit: false);
            result.Add(normalised[0]);
        }

        return result;
    }
}
