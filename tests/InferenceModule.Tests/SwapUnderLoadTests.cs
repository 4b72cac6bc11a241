using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Inference.Swap;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using Xunit.Abstractions;

namespace EdgeModules.Inference.Tests;

/// <summary>
/// Under the real pump and the real runtime: models change while messages come without a pause, and no window is lost, doubled or scored by two of them.
/// </summary>
public sealed class SwapUnderLoadTests(ITestOutputHelper output)
{
    private const int Devices = 100;
    private const int RowsOfAMessage = 3;

    private static readonly PolicySettings Quick = new()
    {
        MinShadowMinutes = 0.5, MaxShadowMinutes = 600, MinBlocks = 20, BlockSeconds = 0, MinProbes = 10, MinFeatureProbes = 4, ProbationMinutes = 600,
        MaxLatencyP99Ms = 1e9, LatencyP50FloorMs = 1e9, MaxDropPercent = 100,
    };

    private int _messages;

    [Fact]
    public async Task OnReadings_WhileModelsChange_LosesNoWindowAndDoublesNone()
    {
        using var models = new TemporaryFolder();
        var (first, second) = (TinyModel.Manifest(), TinyModel.Manifest() with { Version = "2", Limit = 0.81 });
        var settings = InferenceRig.SettingsOf(first) with { ScoreIntervalSeconds = 1, Policy = Quick };
        var clock = new FakeTimeProvider(InferenceRig.Start);
        await using var host = new CrashingHost<InferenceSettings>(
            () => TestModules.Create(new OnnxModelLoader(), models.Path, clock), SettingsBinder.ToJson(settings), new LiteDbVolume(), InferenceRig.Start);
        await host.StartAsync();
        await SendAsync(host, 20);
        await host.ConfigureAsync(SettingsBinder.ToJson(settings with { Candidate = InferenceRig.Source(second) }));
        await SendUntilAsync(host, SwapPhase.Probation);
        await SendAsync(host, 20);
        await host.CallAsync("rollback", new JObject { ["sha256"] = InferenceRig.Source(second).Sha256 });
        await SendAsync(host, 20);

        var scores = host.Sent.Where(message => message.Output == "scores")
            .SelectMany(message => JArray.Parse(Encoding.UTF8.GetString(message.Body.Span))).ToList();
        var windows = _messages * RowsOfAMessage - 2;
        Assert.Equal(windows * Devices, scores.Count);
        Assert.All(scores.GroupBy(score => (string)score["deviceId"]!), device => Assert.Equal(
            Enumerable.Range(2, windows).Select(Timestamp), device.Select(score => (long)score["timestamp"]!)));
        Assert.Equal(["1", "2", "1"], Runs(scores.Select(score => (string)score["model"]!["version"]!)));
        var books = await host.AskAsync((_, ledger) => (
            Received: ledger.Total("received"), Scored: ledger.Total("scored"), Warming: ledger.Total("warming"), Dropped: ledger.Total("dropped", "noModel")));
        Assert.Equal((_messages * RowsOfAMessage * Devices, windows * Devices, 2 * Devices, 0), books);
        Assert.Equal(2, host.Sent.Count(message => message.Output == "shadowReports"));
        output.WriteLine($"{scores.Count} windows of {_messages} messages.");
    }

    private static string ItemOf(int second, int device) => new JObject
    {
        ["deviceId"] = $"d{device}", ["timestamp"] = Timestamp(second), ["temperature"] = (second * 7 + device) % 11 * 0.05, ["humidity"] = device % 5 * 0.1,
    }.ToString(Newtonsoft.Json.Formatting.None);

    private static IEnumerable<string> Runs(IEnumerable<string> values)
    {
        string? last = null;
        foreach (var value in values)
        {
            if (value != last) yield return value;
            last = value;
        }
    }

    private static long Timestamp(int second) => InferenceRig.T0 + second * 1000L;

    private Task SendUntilAsync(CrashingHost<InferenceSettings> host, SwapPhase phase) => Waiting.ForAsync(
        async () =>
        {
            await SendAsync(host, 5);
            await host.AdvanceAsync(TimeSpan.FromSeconds(5));
            return await host.AskAsync((module, _) => ((InferenceModule)module).SwapPhase) == phase;
        },
        $"the swap is in {phase}");

    private async Task SendAsync(CrashingHost<InferenceSettings> host, int messages)
    {
        for (var i = 0; i < messages; i++, _messages++)
        {
            var items = Enumerable.Range(_messages * RowsOfAMessage, RowsOfAMessage)
                .SelectMany(second => Enumerable.Range(0, Devices).Select(device => ItemOf(second, device)));
            var properties = new Dictionary<string, string>
            {
                [SystemProperties.MessageId] = $"m{_messages}", [ApplicationProperties.Count] = $"{RowsOfAMessage * Devices}",
            };
            Assert.True(await host.DeliverAsync(new InboundMessage("readings", Encoding.UTF8.GetBytes($"[{string.Join(',', items)}]"), properties)));
        }
    }
}
