using System.Globalization;
using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Models;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;
using Xunit.Abstractions;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>
/// The real process under load, killed with SIGKILL in states that its twin reports and at moments in between, while one model after another is swapped in.
/// <c>INFERENCE_KILLS</c> says how often; a few times with every test.
/// </summary>
public sealed class ProcessKillTests(ITestOutputHelper output) : IDisposable
{
    private const string Module = "InferenceModule";
    private const string Source = "Source";
    private const string Sink = "Sink";
    private const int Devices = 20;
    private const int FewKills = 4;

    private static readonly TimeSpan LongestSwap = TimeSpan.FromSeconds(45);

    /// <summary>Messages in queues: the module always has some, and does not lie far behind.</summary>
    private const int MostWaiting = 10;

    private static readonly string[] Targets = ["shadow", "probation", "promoted", "rolledBack"];

    private readonly TemporaryFolder _state = new();
    private readonly TemporaryFolder _mounted = new();
    private readonly Random _random = new(11);
    private readonly SortedDictionary<string, int> _killedIn = new(StringComparer.Ordinal);
    private readonly HashSet<(string Device, long Timestamp)> _scored = [];
    private long _sent;
    private long _second;
    private int _version = 1;

    public void Dispose()
    {
        _state.Dispose();
        _mounted.Dispose();
    }

    [Fact]
    public async Task Process_KilledAgainAndAgainWhileModelsAreSwapped_AlwaysHasAWorkingModelAndItsBooksClose()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("INFERENCE_KILLS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : FewKills;
        await using var hub = new LoopbackHub(
            new Dictionary<string, string>
            {
                ["in"] = $"FROM /messages/modules/{Source}/outputs/readings INTO BrokeredEndpoint(\"/modules/{Module}/inputs/readings\")",
                ["scores"] = $"FROM /messages/modules/{Module}/outputs/scores INTO BrokeredEndpoint(\"/modules/{Sink}/inputs/scores\")",
                ["reports"] = $"FROM /messages/modules/{Module}/outputs/shadowReports INTO BrokeredEndpoint(\"/modules/{Sink}/inputs/shadowReports\")",
            },
            new Dictionary<string, JObject> { [Module] = Settings(), [Source] = [], [Sink] = [] }, ackTimeout: TimeSpan.FromSeconds(2));
        await hub.StartAsync();
        await using var source = await OpenAsync(hub, Source);
        await using var sink = await OpenAsync(hub, Sink);
        using var process = new ModuleProcess(hub, Module, _state.Path, _mounted.Path);
        process.Start();
        await WorksAsync(hub, process);
        for (var kill = 0; kill < kills; kill++)
        {
            await SwapAsync(hub, source, kill);
            _killedIn[Phase(hub)] = _killedIn.GetValueOrDefault(Phase(hub)) + 1;
            await process.KillAsync();
            CheckFiles();
            process.Start();
            await WorksAsync(hub, process);
        }

        await Waiting.ForAsync(
            () => hub.Hub.GetStatus().Endpoints.All(endpoint => endpoint.QueuedMessages == 0), "all is taken", deadline: TimeSpan.FromMinutes(2));
        var books = (JObject)(await hub.Hub.InvokeMethodAsync(Module, "getLedger", null, Waiting.Deadline, CancellationToken.None)).Payload!;
        var states = string.Join(", ", _killedIn.Select(pair => $"{pair.Key} {pair.Value}"));
        output.WriteLine($"{kills} kills, in {states}; {_version - 1} candidates; {books.ToString(Newtonsoft.Json.Formatting.None)}");
        Assert.Equal(_sent, books.Value<long>("received"));
        Assert.Equal(_sent, books.Value<long>("scored") + books.Value<long>("warming"));
        lock (_scored) Assert.Equal(books.Value<long>("scored"), _scored.Count);
    }

    /// <summary>A new candidate when the last one is through, and readings without a pause until the module is to be killed.</summary>
    private async Task SwapAsync(LoopbackHub hub, MqttModuleClient source, int kill)
    {
        if (Phase(hub) is "promoted" or "rolledBack" or "rejected" or "idle" or "inconclusive")
            hub.Hub.PatchDesired(Module, new JObject { ["candidate"] = Model(++_version) });
        // Every other time in a state, and else at any moment.
        var target = kill % 2 == 0 ? Targets[kill / 2 % Targets.Length] : null;
        var (start, most) = (TimeProvider.System.GetTimestamp(), target is null ? TimeSpan.FromMilliseconds(_random.Next(200, 20_000)) : LongestSwap);
        while (TimeProvider.System.GetElapsedTime(start) < most && (target is null || Phase(hub) != target))
        {
            if (hub.Hub.GetStatus().Endpoints.Sum(endpoint => endpoint.QueuedMessages) < MostWaiting) await SendAsync(source);
            else await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            if (target == "rolledBack" && Phase(hub) == "probation") await TakeBackAsync(hub);
        }
    }

    private static async Task TakeBackAsync(LoopbackHub hub)
    {
        var active = (string)Swap(hub)["active"]!;
        await hub.Hub.InvokeMethodAsync(Module, "rollback", new JObject { ["sha256"] = active }, Waiting.Deadline, CancellationToken.None);
    }

    /// <summary>It scores what it is asked with the model that the journal on its disk says is active, and says so.</summary>
    private async Task WorksAsync(LoopbackHub hub, ModuleProcess process)
    {
        var window = JObject.Parse("""{"window":[[0.1,0.2],[0.3,0.4],[0.5,0.6]]}""");
        JToken? answer = null;
        await Waiting.ForAsync(
            async () =>
            {
                if (process.HasExited) Assert.Fail($"The process has ended.\n{process.Log}");
                try
                {
                    var result = await hub.Hub.InvokeMethodAsync(Module, "scoreWindow", window, TimeSpan.FromSeconds(2), CancellationToken.None);
                    answer = result.Payload;
                    return result.Status == 200;
                }
                catch (EdgeSimulator.SimulatorException)
                {
                    return false;
                }
            },
            "the module scores", deadline: TimeSpan.FromSeconds(60));
        Assert.Equal(FakeModel.ScoreOf([0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f]), (float)answer!["score"]!, 1e-5f);
        var journal = Journal();
        Assert.True(File.Exists(Path.Combine(Models, ModelStore.FileOf((string)journal["active"]!["sha256"]!))));
    }

    private void CheckFiles()
    {
        foreach (var model in Directory.GetFiles(Models, "*.onnx"))
            Assert.Equal(Path.GetFileNameWithoutExtension(model), ModelStore.Hash(File.ReadAllBytes(model)));
        Assert.NotNull(Journal()["active"]);
    }

    private string Models => Path.Combine(_state.Path, $"{Module}.models");

    private JObject Journal() => JsonText.ParseObject(File.ReadAllBytes(Path.Combine(Models, ModelStore.JournalFile)));

    private static JObject Swap(LoopbackHub hub) => hub.Hub.GetTwin(Module)["reported"]?["swap"] as JObject ?? [];

    private static string Phase(LoopbackHub hub) => (string?)Swap(hub)["phase"] ?? "idle";

    private JObject Settings() => new()
    {
        ["active"] = Model(1), ["scoreIntervalSeconds"] = 1,
        ["policy"] = JObject.Parse(
            """
            {"minShadowMinutes":0.05,"maxShadowMinutes":10,"minBlocks":20,"blockSeconds":0,"minProbes":10,"minFeatureProbes":4,"probationMinutes":0.05,
             "maxLatencyP99Ms":1000,"latencyP50FloorMs":1000,"maxDropPercent":100}
            """),
    };

    private JObject Model(int version)
    {
        var model = TinyModel.Bytes(TinyModel.Manifest() with { Version = $"{version}" });
        var file = $"{version}.onnx";
        File.WriteAllBytes(_mounted.File(file), model);
        return new JObject { ["source"] = "file", ["file"] = file, ["sha256"] = TinyModel.Sha256(model) };
    }

    private async Task SendAsync(MqttModuleClient source)
    {
        var second = _second++;
        var items = new JArray(Enumerable.Range(0, Devices).Select(device => new JObject
        {
            ["deviceId"] = $"d{device}", ["timestamp"] = InferenceRig.T0 + second * 1000,
            ["temperature"] = (second * 7 + device) % 11 * 0.05, ["humidity"] = device % 5 * 0.1,
        }));
        await source.SendAsync(
            new OutboundMessage
            {
                Output = "readings", Body = JsonText.ToUtf8(items), MessageId = $"m{second}", MessageType = "reading",
                Count = Devices,
            },
            CancellationToken.None);
        _sent += Devices;
    }

    private async Task<MqttModuleClient> OpenAsync(LoopbackHub hub, string module)
    {
        var client = hub.CreateClient(module);
        await client.OpenAsync(
            new ModuleClientHandlers(TakeAsync, (_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new MethodResponse(501, null))),
            CancellationToken.None);
        return client;
    }

    private Task TakeAsync(InboundMessage message, CancellationToken cancellation)
    {
        if (message.Input != "scores") return Task.CompletedTask;
        lock (_scored)
        {
            foreach (var score in JArray.Parse(Encoding.UTF8.GetString(message.Body.Span)))
                _scored.Add(((string)score["deviceId"]!, (long)score["timestamp"]!));
        }

        return Task.CompletedTask;
    }
}
