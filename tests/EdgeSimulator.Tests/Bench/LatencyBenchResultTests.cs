using EdgeSimulator.Bench;
using EdgeSimulator.Timing;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Bench;

public sealed class LatencyBenchResultTests
{
    private static readonly FakeTimeProvider Clock = new();
    private static readonly LatencyBenchOptions Options = new(1000, 10, TimeSpan.FromSeconds(60), 0, null);

    [Fact]
    public void Of_AWholeTrail_DividesTheTimeIntoItsParts()
    {
        var result = LatencyBenchResult.Of(["a", "b"], Trail(["a", "b"], [0, 100], [0.25, 101], [1, 103], [1.5, 107]), Options.Deadline, Clock);
        Assert.Equal((2, 0), (result.Spikes, result.Missing));
        Assert.Equal(Summary(1.5, 7), result.Total.Summarize());
        Assert.Equal(Summary(0.25, 1), result.ToModule.Summarize());
        Assert.Equal(Summary(0.75, 2), result.InModule.Summarize());
        Assert.Equal(Summary(0.5, 4), result.ToActuator.Summarize());
    }

    [Fact]
    public void Of_NoCommandOrOneAfterTheDeadline_IsMissingAndInNoFigure()
    {
        var trail = Trail(["on time", "late"], [0, 0], [1, 1], [2, 2], [5000, 5000.1]);
        var result = LatencyBenchResult.Of(["on time", "late", "never", "not even sent"], trail, Options.Deadline, Clock);
        Assert.Equal((4, 3, 1), (result.Spikes, result.Missing, result.Total.Count));
        Assert.Equal(TimeSpan.FromSeconds(5), result.Total.Max);
    }

    [Fact]
    public void Of_SpikesOfTheWarmUpAndRepeats_DoNotCount()
    {
        var trail = Trail(["warm-up", "a", "a"], [0, 100, 100], [1, 101, 140], [2, 102, 150], [90, 104, 160]);
        Assert.Equal(Summary(4), LatencyBenchResult.Of(["a"], trail, Options.Deadline, Clock).Total.Summarize());
    }

    [Fact]
    public void Histogram_Times_AreInClassesThatAreNotEmpty()
    {
        var trail = Trail(["a", "b", "c", "d"], [0, 0, 0, 0], [], [], [0.4, 1.2, 1.3, 2000]);
        var result = LatencyBenchResult.Of(["a", "b", "c", "d"], trail, Options.Deadline, Clock);
        Assert.Equal([(0.5, 1), (1.5, 2), (null, 1)], result.Histogram());
    }

    [Fact]
    public void ToJson_Result_HasTheAgreedShape() => Assert.True(JToken.DeepEquals(
        JObject.Parse($$"""
            {
              "readingsPerSecond": 1000, "readingsInMessage": 10, "otherDevices": 0, "warmUpSeconds": 10.0, "seconds": 60.0, 
              "spikes": 2, "missing": 1,
              "readingToCommand": {{Summary(1.5).ToJson()}},
              "parts": { "hubToAlertModule": {{Summary(0.25).ToJson()}}, "alertModule": {{Summary(0.75).ToJson()}}, "hubToActuator": {{Summary(0.5).ToJson()}} },
              "histogram": [ { "belowMilliseconds": 2.0, "count": 1 } ]
            }
            """),
        LatencyBenchResult.Of(["a", "b"], Trail(["a"], [0], [0.25], [1], [1.5]), Options.Deadline, Clock).ToJson(Options)));

    private static LatencySummary Summary(double least, double? most = null)
    {
        var latencies = new Latencies();
        latencies.Add(TimeSpan.FromMilliseconds(least));
        if (most is not null) latencies.Add(TimeSpan.FromMilliseconds(most.Value));
        return latencies.Summarize();
    }

    /// <summary>Milliseconds at each place, one for each alarm.</summary>
    private static AlarmTrail Trail(string[] alarms, double[] reached, double[] handed, double[] commanded, double[] received)
    {
        return new AlarmTrail(At(reached), At(handed), At(commanded), At(received));

        Passage[] At(double[] times) => [.. times.Select((time, i) => new Passage(alarms[i], (long)(time * Clock.TimestampFrequency / 1000)))];
    }
}
