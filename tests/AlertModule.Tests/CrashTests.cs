using System.Text;
using EdgeModules.Alerting.Tests.Plain;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests;

/// <summary>kill -9 at every point of a message's way, on real files: no alarm is forgotten, none is told under two ids, and its command goes before the saving.</summary>
public sealed class CrashTests
{
    private static readonly JObject Buzzing = JObject.Parse("""{"rules":{"temperatureHigh":{"action":"buzz"}}}""");

    private static readonly InboundMessage[] Messages = [Reading(0, 36), Reading(1, 46), Reading(2, 47), Reading(3, 20), Reading(4, 46), Reading(40, 46)];

    public static TheoryData<CrashPoint, int> Points()
    {
        var points = new TheoryData<CrashPoint, int>();
        foreach (var point in Enum.GetValues<CrashPoint>())
        {
            for (var number = 1; number <= Messages.Length; number++) points.Add(point, number);
        }

        return points;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Restart_CrashAtThatPoint_GivesTheMessagesOfARunWithoutOne(CrashPoint point, int number)
    {
        var expected = await RunAsync(null);
        var actual = await RunAsync(new Crash(point, number));

        var byId = actual.GroupBy(line => line.Id).ToList();
        Assert.All(byId, repeats => Assert.Single(repeats.Distinct()));
        Assert.Equal(expected.Select(line => line.Id).Order(StringComparer.Ordinal), byId.Select(line => line.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["raised", "escalated", "cleared", "raised"],
            byId.Select(line => line.First()).Where(line => line.Output == "alerts").Select(line => line.Text.Split(' ')[1]));
    }

    [Fact]
    public async Task Critical_CommandIsSentBeforeAnythingIsSaved()
    {
        var volume = new MemoryVolume();
        await using var host = new CrashingHost<AlertSettings>(() => new AlertModule(), Buzzing, volume, EngineRig.Start);
        await host.StartAsync();
        var store = (InMemoryStateStore)volume.Open();
        var sentAtTheSave = -1;
        store.BeforeWrite = () => sentAtTheSave = host.Sent.Count;
        Assert.True(await host.DeliverAsync(Reading(0, 46)));
        Assert.Equal(1, sentAtTheSave);
        Assert.Equal(["commands", "alerts"], host.Sent.Select(message => message.Output));
    }

    private static async Task<List<SentLine>> RunAsync(Crash? crash)
    {
        await using var host = new CrashingHost<AlertSettings>(() => new AlertModule(), Buzzing, new LiteDbVolume(), EngineRig.Start);
        await host.StartAsync();
        host.CrashAt(crash);
        foreach (var message in Messages)
        {
            // Behind a crash the hub delivers the message again, to the next process.
            while (!host.IsAlive || !await host.DeliverAsync(message)) await host.StartAsync();
        }

        Assert.Equal(crash is null ? 1 : 2, host.Lives);
        return [.. host.Sent.Select(SentLine.Of)];
    }

    private static InboundMessage Reading(int second, double value) => new(
        "readings",
        Encoding.UTF8.GetBytes($$"""{"deviceId":"press-1","timestamp":{{EngineRig.T0 + second * 1000}},"temperature":{{value}}}"""),
        new Dictionary<string, string> { [SystemProperties.MessageId] = $"m{second}" });
}
