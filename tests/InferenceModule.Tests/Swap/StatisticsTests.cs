using EdgeModules.Inference.Swap.Statistics;

namespace EdgeModules.Inference.Tests.Swap;

public sealed class StatisticsTests
{
    // R: binom.test is another interval; these are prop.test(x, n, correct = FALSE)$conf.int[1].
    [Theory]
    [InlineData(143, 150, 0.9068)]
    [InlineData(142, 150, 0.8983)]
    [InlineData(150, 150, 0.9750)]
    [InlineData(8, 10, 0.4902)]
    [InlineData(0, 20, 0)]
    public void LowerBound_OfKnownShares_IsThePublishedOne(int successes, int trials, double expected) =>
        Assert.Equal(expected, Wilson.LowerBound(successes, trials), 0.0001);

    [Fact]
    public void LowerBound_WithoutTrials_IsZero() => Assert.Equal(0, Wilson.LowerBound(0, 0));

    // Exact: twice the binomial tail, as R's binom.test(min, n)$p.value has it for a half.
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(8, 0, 0.0078125)]
    [InlineData(7, 0, 0.015625)]
    [InlineData(5, 15, 0.04139)]
    [InlineData(10, 10, 1)]
    public void PValue_OfFewDiscordantPairs_IsExact(long onlyFirst, long onlySecond, double expected) =>
        Assert.Equal(expected, McNemar.PValue(onlyFirst, onlySecond), 0.00001);

    [Fact]
    public void PValue_OfManyDiscordantPairs_IsThatOfTheCorrectedChiSquare()
    {
        // (|1100 - 1000| - 1)^2 / 2100 = 4.667; its upper tail with one degree of freedom is 0.0307.
        Assert.Equal(0.0307, McNemar.PValue(1100, 1000), 0.0001);
        Assert.Equal(McNemar.PValue(460, 540), McNemar.PValue(461, 540), 0.01);
    }

    [Fact]
    public void StabilityIndex_OfEqualScores_IsZero()
    {
        var histogram = new ScoreHistogram();
        for (var i = 0; i < 1000; i++) histogram.Add(i / 1000.0, (999 - i) / 1000.0);

        Assert.Equal(0, histogram.StabilityIndex(), 1e-12);
    }

    [Fact]
    public void StabilityIndex_OfAMovedShare_IsTheSumOverTheBins()
    {
        var histogram = new ScoreHistogram();
        // 60/40 against 40/60 in two bins: 2 * 0.2 * ln(1.5) = 0.1622 as the counts grow.
        for (var i = 0; i < 100_000; i++) histogram.Add(i % 10 < 6 ? 0.15 : 0.55, i % 10 < 4 ? 0.15 : 0.55);

        Assert.Equal(0.1622, histogram.StabilityIndex(), 0.0005);
    }

    [Fact]
    public void StabilityIndex_OfAConstantScore_IsFarOverTheLimit()
    {
        var histogram = new ScoreHistogram();
        for (var i = 0; i < 1000; i++) histogram.Add(i / 1000.0, 0.05);

        Assert.True(histogram.StabilityIndex() > 4);
    }

    [Fact]
    public void Add_OfScoresAtTheEdges_FallsIntoTheOuterBins()
    {
        var histogram = new ScoreHistogram();

        histogram.Add(0, 1);

        Assert.Equal(1, histogram.First[0]);
        Assert.Equal(1, histogram.Second[ScoreHistogram.Bins - 1]);
    }

    [Fact]
    public void Spearman_WithTies_IsThePublishedOne()
    {
        // IQ and hours of television, with the last pair tied to its neighbour: rank correlation by mid-ranks.
        double[] first = [106, 86, 100, 101, 99, 103, 97, 113, 112, 110];
        double[] second = [7, 0, 27, 50, 28, 29, 20, 12, 6, 17];
        var sample = new PairSample();
        for (var i = 0; i < first.Length; i++) sample.Add((float)first[i], (float)second[i]);
        Assert.Equal(-0.17575757, sample.Spearman(), 1e-6);

        // Mid-ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
        var tied = new PairSample();
        tied.Add(1, 1);
        tied.Add(2, 2);
        tied.Add(2, 3);
        tied.Add(3, 4);
        Assert.Equal(0.9486833, tied.Spearman(), 1e-6);
    }

    [Fact]
    public void Spearman_OfAConstantSide_IsZero()
    {
        var sample = new PairSample();
        for (var i = 0; i < 10; i++) sample.Add(i, 0.5f);

        Assert.Equal(0, sample.Spearman());
    }

    [Fact]
    public void Spearman_OfMoreThanItHolds_IsThatOfTheWhole()
    {
        var random = new Random(7);
        var small = new PairSample(1000);
        var large = new PairSample(100_000);
        for (var i = 0; i < 100_000; i++)
        {
            var first = (float)random.NextDouble();
            var second = (float)(0.5 * first + 0.5 * random.NextDouble());
            small.Add(first, second);
            large.Add(first, second);
        }

        Assert.Equal(100_000, small.Seen);
        Assert.Equal(1000, small.Count);
        Assert.Equal(large.Spearman(), small.Spearman(), 0.06);
    }

    [Fact]
    public void QuantileMs_OfAnySpread_IsWithinThreePercent()
    {
        var random = new Random(3);
        var histogram = new LatencyHistogram();
        var all = new List<double>();
        for (var i = 0; i < 20_000; i++)
        {
            var microseconds = Math.Exp(random.NextDouble() * 14);
            all.Add(microseconds / 1000);
            histogram.Add(TimeSpan.FromMicroseconds(microseconds));
        }

        all.Sort();
        foreach (var quantile in new[] { 0.5, 0.9, 0.99 })
        {
            var exact = all[(int)Math.Ceiling(quantile * all.Count) - 1];
            Assert.InRange(histogram.QuantileMs(quantile), exact * 0.97, exact * 1.03);
        }
    }

    [Fact]
    public void QuantileMs_OutsideTheRange_IsTheNearestEnd()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.QuantileMs(0.99));

        histogram.Add(TimeSpan.Zero);
        Assert.Equal(0.001, histogram.QuantileMs(0.5), 1e-9);

        histogram.Add(TimeSpan.FromMinutes(5));
        Assert.True(histogram.QuantileMs(1) > 15_000);
    }
}
