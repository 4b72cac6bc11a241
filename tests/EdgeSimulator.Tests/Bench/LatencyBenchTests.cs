using EdgeSimulator.Bench;
using EdgeSimulator.CommandLine;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Bench;

/// <summary>That it measures what it says, with the real AlertModule; the figures themselves are no matter of tests.</summary>
public sealed class LatencyBenchTests
{
    [Fact]
    public async Task Run_AFewSpikesBesideOtherDevices_EachHasItsCommandAndItsTime()
    {
        using var terminal = new TestTerminal();
        using var folder = new TemporaryDirectory();
        var report = Path.Combine(folder.FullPath, "latency.json");
        var options = new LatencyBenchOptions(Rate: 50, Array: 5, TimeSpan.FromSeconds(1), Devices: 100, report)
        {
            WarmUp = TimeSpan.FromSeconds(0.4), Deadline = TimeSpan.FromSeconds(60),
        };

        Assert.Equal(ExitCodes.Done, await LatencyBenchVerb.RunAsync(options, terminal.Terminal, TimeProvider.System, CancellationToken.None));

        var written = JObject.Parse(await File.ReadAllTextAsync(report));
        Assert.Equal((5, 0), (written.Value<int>("spikes"), written.Value<int>("missing")));
        foreach (var times in (JToken[])[written["readingToCommand"]!, .. written["parts"]!.Values()])
        {
            Assert.Equal(5, times.Value<int>("count"));
            Assert.InRange(times.Value<double>("p50Milliseconds"), 0.001, times.Value<double>("maxMilliseconds"));
        }

        Assert.Equal(5, written["histogram"]!.Sum(part => part.Value<int>("count")));
        Assert.Contains("beside them 100 devices at a reading a second", terminal.Text);
        Assert.Contains("reaching the actuator, 5 alarms:", terminal.Text);
    }

    [Fact]
    public async Task Run_NoTimeForASpike_IsRefused()
    {
        using var terminal = new TestTerminal();
        var options = new LatencyBenchOptions(Rate: 1, Array: 10, TimeSpan.FromSeconds(5), Devices: 0, Report: null);
        var error = await Assert.ThrowsAsync<SimulatorException>(
            () => LatencyBenchVerb.RunAsync(options, terminal.Terminal, TimeProvider.System, CancellationToken.None));
        Assert.Equal("--duration is 5; a spike comes every 20 s, and it must hold one.", error.Message);
    }
}
