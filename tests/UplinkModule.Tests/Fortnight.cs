using System.Globalization;
using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using EdgeModules.Testing.Scenarios;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Uplink.Tests;

/// <summary>
/// Two weeks without a cloud, over TLS and MQTT through the simulated edgeHub: as many messages as a number of sensors leave in two weeks after filter and
/// aggregation, as fast as they are taken, for while it is offline the module looks at no clock.
/// </summary>
internal sealed class Fortnight(int devices) : IAsyncDisposable
{
    private const int Days = 14;
    public const int FewDevices = 16;

    /// <summary>Of the default data and settings: of a hundred readings so many pass the filter.</summary>
    private const double PassedShare = 0.06;

    // Each message holds what ten seconds leave, as a source does that gathers so long; summaries are one a minute for each device, scores one in ten.
    private const int SecondsOfAMessage = 10;

    private const int DistinctBodies = 200;

    private static readonly (string Name, double Mean)[] Metrics = [("temperature", 60), ("vibration", 300), ("pressure", 6)];

    private readonly Random _random = new(14);
    private readonly Dictionary<(string Type, long Number), byte[]> _bodies = [];
    private readonly FakeProbe _probe = new() { Trouble = "The cloud is away." };
    private readonly TemporaryFolder _state = new();
    private LoopbackHub _hub = null!;
    private MqttModuleClient _source = null!;
    private MqttModuleClient _client = null!;
    private LiteDbStateStore _store = null!;
    private IHostedService _module = null!;
    private long _sent;

    /// <summary>Message ids of the critical alerts, in order.</summary>
    public List<string> Alerts { get; } = [];

    public LoopbackHub Hub => _hub;

    /// <summary>Few devices must fill a spool as a thousand do.</summary>
    private bool IsFull => devices > FewDevices;

    public async Task StartAsync()
    {
        var routes = new JObject
        {
            ["normal"] = Route("Source/outputs/normal", Into("normal")),
            ["low"] = Route("Source/outputs/low", Into("low")),
            ["critical"] = Route("Source/outputs/alerts", "$upstream", priority: 0),
            ["batches"] = Route("Module/outputs/batches", "$upstream"),
            ["connectivity"] = Route("Module/outputs/connectivity", Into("low")),
        };
        var settings = SettingsBinder.ToJson(new UplinkSettings
        {
            BatchUnits = IsFull ? 32 : 1, BacklogMessagesPerSecond = 100, MaxSpoolMegabytes = IsFull ? 512 : 1,
            Connectivity = new() { ProbeIntervalSeconds = 5, OfflineAfterFailures = IsFull ? 3 : 1, OnlineAfterSuccesses = IsFull ? 2 : 1 },
        });
        _hub = new LoopbackHub(routes, new Dictionary<string, JObject> { ["Module"] = settings, ["Source"] = [] });
        await _hub.StartAsync();
        _hub.Hub.UpstreamOnline = false;
        _source = _hub.CreateClient("Source");
        var deaf = new ModuleClientHandlers(
            (_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new MethodResponse(501, null)));
        await _source.OpenAsync(deaf, default);
        _client = _hub.CreateClient("Module");
        _store = LiteDbStateStore.Open(_state.Path, "Module", TimeProvider.System.GetUtcNow());
        var start = ScenarioModule.Of((folder, _) => new UplinkModule(
            new UplinkSurroundings(new FileFolder(Path.Combine(folder, "batches")), _probe, "hub"), UplinkRig.Telemetry(new RecordingLogger())));
        _module = start(_client, _store, _state.Path, LoopbackHub.Address("Module"), TimeProvider.System);
        await _module.StartAsync(default);
        await WaitForAsync("offline");
    }

    public async ValueTask DisposeAsync()
    {
        await _module.StopAsync(default);
        _store.Dispose();
        await _client.DisposeAsync();
        await _source.DisposeAsync();
        await _hub.DisposeAsync();
        _state.Dispose();
    }

    /// <summary>Of what a module tells: a number, or the sum over reasons.</summary>
    public static long Sum(JToken? count) => count switch
    {
        JObject reasons => reasons.Properties().Sum(reason => Sum(reason.Value)),
        null => 0,
        _ => count.Value<long>(),
    };

    /// <summary>All of the two weeks, until the module has taken it.</summary>
    public async Task PassAsync()
    {
        for (var hour = 0; hour < Days * 24; hour++) await SendAnHourAsync(hour);
        await WaitUntilTakenAsync(0);
    }

    /// <returns>When, as a time stamp.</returns>
    public long Return()
    {
        _probe.Trouble = null;
        _hub.Hub.UpstreamOnline = true;
        return TimeProvider.System.GetTimestamp();
    }

    /// <returns>What the cloud has before the first batch, in order, and when it came.</returns>
    public IReadOnlyList<(string Id, DateTimeOffset At)> ReadAlerts() =>
    [
        .. _hub.CloudLines().Select(line => (JObject)JsonText.Parse(line)).TakeWhile(message => message["properties"]!["messageType"]!.ToString() != "batch")
            .Select(message => (message["messageId"]!.ToString(), DateTimeOffset.Parse(message["enqueuedTimeUtc"]!.ToString(), CultureInfo.InvariantCulture))),
    ];

    private async Task SendAnHourAsync(int hour)
    {
        var readings = Math.Max(1, (int)(devices * SecondsOfAMessage * PassedShare));
        for (var second = 0; second < 3600; second += IsFull ? SecondsOfAMessage : 600)
        {
            var time = (hour * 3600L) + second;
            await SendAsync("normal", "reading", readings, i =>
                $"{{{Head(i * 17 % devices, time)},\"temperature\":{Value(60):0.##},\"vibration\":{Value(300):0.##},\"pressure\":{Value(6):0.##}}}");
            if (second % 60 != 0) continue;
            for (var from = 0; from < devices; from += 500)
            {
                var first = from;
                await SendAsync("normal", "aggregate", Math.Min(500, devices - from), i =>
                    $"{{{Head(first + i, time)},\"windowEnd\":{Stamp(time + 60)},\"readingCount\":60,\"revision\":0,{Statistics()}}}");
            }

            await SendAsync("low", "score", Math.Max(1, devices / 10), i =>
                $"{{{Head(i * 10, time)},\"score\":{_random.NextDouble():0.######},\"contributions\":{{\"temperature\":{_random.NextDouble():0.####}}}}}");
        }

        if (hour % 8 != 0) return;
        Alerts.Add($"alert/temperatureHigh/sensor-{hour}");
        await SendAsync("alerts", "alert", 1, _ => $"{{\"rule\":\"temperatureHigh\",\"deviceId\":\"sensor-{hour}\",\"state\":\"raised\"}}", Alerts[^1]);
    }

    private static JObject Route(string from, string into, int priority = 5) => new JObject
    {
        ["route"] = $"FROM /messages/modules/{from} INTO {into}", ["priority"] = priority, ["timeToLiveSecs"] = 2_592_000,
    };

    private static string Into(string input) => $"BrokeredEndpoint(\"/modules/Module/inputs/{input}\")";

    private static string Head(int device, long time) => string.Create(
        CultureInfo.InvariantCulture, $"\"deviceId\":\"sensor-{device}\",\"timestamp\":{Stamp(time)}");

    private string Statistics() => string.Join(',', Metrics.Select(metric => string.Create(
        CultureInfo.InvariantCulture,
        $"\"{metric.Name}\":{{\"min\":{Of(metric):0.##},\"max\":{Of(metric):0.##},\"mean\":{Of(metric):0.####},\"stddev\":{Value(1):0.####}}}")));

    private double Of((string Name, double Mean) metric) => Value(metric.Mean);

    private double Value(double mean) => mean * (1 + (0.05 * (_random.NextDouble() - 0.5)));

    private static long Stamp(long seconds) => 1_767_225_600_000 + (seconds * 1000);

    private async Task SendAsync(string input, string type, int count, Func<int, FormattableString> item, string? id = null)
    {
        var body = BodyOf(type, count, item);
        await _source.SendAsync(
            new OutboundMessage
            {
                Output = input, Body = body, Count = count, MessageType = type, MessageId = id ?? $"{type}/{++_sent}",
                Priority = input == "alerts" ? Priorities.Critical : input,
            },
            default);
        // A hub that is run over keeps what it is given; the test's own disk need not hold two weeks.
        if (_sent % 200 == 0) await WaitUntilTakenAsync(100);
    }

    /// <summary>Bodies come again after some others: too far off for a compression that sees 32 KB.</summary>
    private byte[] BodyOf(string type, int count, Func<int, FormattableString> item)
    {
        var key = (type, _sent % DistinctBodies);
        if (type != "alert" && _bodies.TryGetValue(key, out var known)) return known;
        var body = new StringBuilder("[");
        for (var i = 0; i < count; i++) body.Append(i == 0 ? "" : ",").Append(item(i).ToString(CultureInfo.InvariantCulture));
        return _bodies[key] = Encoding.UTF8.GetBytes(body.Append(']').ToString());
    }

    private Task WaitUntilTakenAsync(int left) => Waiting.ForAsync(
        () => _hub.Hub.GetStatus().Endpoints.Where(endpoint => endpoint.Module is not null).Sum(endpoint => endpoint.QueuedMessages) <= left,
        "the module keeps up",
        deadline: TimeSpan.FromMinutes(2));

    private Task WaitForAsync(string state) => Waiting.ForAsync(
        () => ((JObject)_hub.Hub.GetTwin("Module")["reported"]!)["upstream"]?["state"]?.ToString() == state, $"the module is {state}");

    public async Task<JObject> BooksAsync() =>
        (JObject)(await _hub.Hub.InvokeMethodAsync("Module", "getLedger", null, TimeSpan.FromSeconds(30), default)).Payload!;

    /// <summary>What to tell of it: what waited, how long the alerts took, and the backlog.</summary>
    /// <param name="drained">From the cloud's return until nothing waited in edgeHub.</param>
    public IReadOnlyList<string> Describe(IReadOnlyList<(string Id, DateTimeOffset At)> alerts, JObject away, JObject books, TimeSpan drained)
    {
        var waits = alerts.Select(alert => (alert.At - alerts[0].At).TotalMilliseconds).Order().ToList();
        var batches = _hub.Hub.GetStatus().Batches;
        return
        [
            $"{devices} devices, {Days} days: {_sent} messages with {away["received"]} items; held {away["held"]}, "
                + $"evicted {away["evicted"]?.ToString(Formatting.None)}.",
            $"{alerts.Count} critical alerts, from edgeHub's first successful send: p50 {waits[waits.Count / 2]:0.0}, "
                + $"p99 {waits[(int)(waits.Count * 0.99)]:0.0}, max {waits[^1]:0.0} ms.",
            $"Backlog: {batches.Sum(batch => batch.Batches)} batches, {batches.Sum(batch => batch.Bytes) / 1e6:0} MB, "
                + $"{batches.Sum(batch => batch.MeteredUnits)} units (each message alone {batches.Sum(batch => batch.MeteredUnitsAlone)}), "
                + $"at the cloud {drained.TotalSeconds:0} s after its return; batched {books["batched"]}, still held {books["held"]}.",
        ];
    }
}
