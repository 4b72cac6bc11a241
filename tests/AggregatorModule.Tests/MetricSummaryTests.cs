using System.Globalization;
using EdgeModules.Hosting.State;

namespace EdgeModules.Aggregation.Tests;

public sealed class MetricSummaryTests
{
    [Fact]
    public void Add_LargeMeanWithSmallDeviation_StaysRight()
    {
        var metric = new MetricSummary("t", null);
        for (var i = 0; i < 1_000_000; i++) metric.Add(1e9 + (i % 2 == 0 ? 1e-3 : -1e-3), i);
        Assert.Equal(1e9, metric.Mean, 1e-6);
        Assert.Equal(1e-3, metric.StandardDeviation, 1e-6);
    }

    [Fact]
    public void Merge_OfPartsInAnyCut_IsTheWhole()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 1_000).Select(_ => 1e6 + random.NextDouble()).ToArray();
        foreach (var cut in new[] { 0, 1, 500, 999, 1_000 })
        {
            var (whole, left, right) = (new MetricSummary("t", new(1_000)), new MetricSummary("t", new(1_000)), new MetricSummary("t", new(1_000)));
            for (var i = 0; i < values.Length; i++)
            {
                whole.Add(values[i], i);
                if (i < cut) left.Add(values[i], i);
                else right.Add(values[i], i);
            }

            right.Merge(left);
            Assert.Equal((whole.Count, whole.Min, whole.Max, whole.First, whole.Last), (right.Count, right.Min, right.Max, right.First, right.Last));
            Assert.Equal(whole.Mean, right.Mean, 1e-8);
            Assert.Equal(whole.StandardDeviation, right.StandardDeviation, 1e-8);
            Assert.Equal(whole.Sketch!.Quantile(0.5), right.Sketch!.Quantile(0.5));
        }
    }

    [Fact]
    public void Add_ValuesNearTheLargest_DoNotOverflowTheMean()
    {
        var metric = new MetricSummary("t", null);
        foreach (var value in new[] { double.MaxValue, -double.MaxValue, double.MaxValue, -double.MaxValue }) metric.Add(value, 0);
        Assert.True(double.IsFinite(metric.Mean));
        Assert.Equal((double.MaxValue, -double.MaxValue), (metric.Max, metric.Min));
    }

    [Theory]
    [InlineData("20.37 20.38 20.4 -20.4 0 1e9 1000000000.001 20.37")]
    [InlineData("-0.0 0 0.1 0.2 0.30000000000000004 3.141592653589793 1e-300 1.7976931348623157e308 -5e-324 9007199254740993 123456789012345680")]
    public void DecimalCode_AnyValues_ComeBackBitForBit(string text)
    {
        var values = text.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray();
        var writer = new CompactWriter();
        var code = new DecimalCode();
        foreach (var value in values) code.Write(value, writer);
        var reader = new CompactReader(writer.Written.Span);
        code = new DecimalCode();
        foreach (var value in values) Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(code.Read(ref reader)));
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void DecimalCode_RandomBits_ComeBackBitForBit()
    {
        var random = new Random(2);
        var values = Enumerable.Range(0, 20_000)
            .Select(i => i % 2 == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64()) : Math.Round(random.NextDouble() * 1e6, i % 7))
            .Where(double.IsFinite).ToArray();
        var writer = new CompactWriter();
        var code = new DecimalCode();
        foreach (var value in values) code.Write(value, writer);
        var reader = new CompactReader(writer.Written.Span);
        code = new DecimalCode();
        foreach (var value in values)
        {
            if (BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(code.Read(ref reader))) Assert.Fail($"{value:R} came back as another value.");
        }
    }

    [Theory]
    [InlineData(1_000, 0.01)]
    [InlineData(5_000, 0.05)]
    public void Quantile_AnyDistribution_IsWithinTheRelativeError(int error, double relative)
    {
        var random = new Random(3);
        foreach (var draw in new Func<double>[] { () => random.NextDouble(), () => Math.Exp(10 * random.NextDouble()), () => random.NextDouble() - 0.5, () => random.Next(3) - 1 })
        {
            var values = Enumerable.Range(0, 10_000).Select(_ => draw()).Order().ToArray();
            var sketch = new QuantileSketch(error);
            foreach (var value in values) sketch.Add(value);
            foreach (var quantile in new[] { 0, 0.01, 0.5, 0.95, 0.99, 1 })
            {
                var exact = values[(int)Math.Floor(quantile * (values.Length - 1))];
                Assert.InRange(sketch.Quantile(quantile), exact - Math.Abs(exact) * relative * 1.0001, exact + Math.Abs(exact) * relative * 1.0001);
            }
        }
    }

    [Fact]
    public void Quantile_ValuesOverThousandsOfBuckets_KeepsTheLargeOnesRight()
    {
        var sketch = new QuantileSketch(1_000);
        for (var power = -11; power <= 300; power++) sketch.Add(Math.Pow(10, power));
        Assert.Equal(312, sketch.Count);
        Assert.InRange(sketch.Quantile(1) / 1e300, 0.99, 1.01);
    }
}
