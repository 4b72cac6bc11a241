using EdgeModules.Sensing.Faults;
using EdgeModules.Testing;
using EdgeModules.Testing.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

/// <summary>A source has no scenarios, which hold other modules against their models: it takes no messages.</summary>
public sealed class TwinModelTests
{
    [Theory]
    [InlineData("""{"mode":"synthetic","synthetic":{"devices":3,"readings":6,"speed":0,"faults":{"nanRate":0.2}}}""", "ended", 6)]
    [InlineData("""{"mode":"replay","replay":{"file":"data/there-is-none.csv"},"calibration":{"a":{"t":{"offset":1}}}}""", "failed", 0)]
    public async Task Run_OfASource_SendsAndReportsWhatItsModelSays(string settings, string state, int readings)
    {
        await using var host = ModelledHost.Of(
            new InProcessHost(ScenarioModule.Of(() => new SensorModule(new SensorTelemetry(NullLogger<SensorTelemetry>.Instance), new TruthFile("nowhere")))),
                "SensorModule");
        Assert.IsType<ModelledHost>(host);
        await host.StartAsync(JObject.Parse(settings));
        var sent = 0;
        await Waiting.ForAsync(
            async () =>
            {
                await host.AdvanceAsync(TimeSpan.FromSeconds(1));
                sent += (await host.TakeOutputsAsync()).Values.Sum(items => items.Count);
                return (string?)(await host.GetReportedAsync())["source"]?["state"] == state;
            },
            "the source has come to its end");
        sent += (await host.TakeOutputsAsync()).Values.Sum(items => items.Count);
        Assert.Equal(readings, sent);
        Assert.Equal(200, (await host.CallAsync("getSettings", null)).Status);
        Assert.Equal(200, (await host.CallAsync("getLedger", null)).Status);
    }
}
