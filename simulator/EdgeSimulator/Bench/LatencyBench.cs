using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;
using MQTTnet;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Bench;

/// <summary>
/// How long a command takes: from the reading reaching the hub to the command reaching the actuator. Hub, sender and actuator are in this process, so that
/// one clock sees both ends; AlertModule is a process of its own. Nothing is looked into while it runs: moments are noted, and sorted out afterwards.
/// </summary>
internal sealed class LatencyBench : IAsyncDisposable
{
    private const string Sender = "SensorModule";
    private const string Module = "AlertModule";
    private const string Actuator = "ActuatorModule";

    /// <summary>What the SensorModule sends at its defaults: this many readings in a message, or what is due after 100 ms.</summary>
    private const int LargestArray = 1000;
    private const double LingerSeconds = 0.1;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _clock;
    private readonly BenchHouse _house;
    private readonly ConcurrentQueue<Passage> _reached = [];
    private readonly ConcurrentQueue<Passage> _handed = [];
    private readonly ConcurrentQueue<(ReadOnlyMemory<byte> Command, long At)> _commanded = [];
    private readonly ConcurrentQueue<(ReadOnlyMemory<byte> Command, long At)> _received = [];
    private BenchClient? _sender;
    private BenchClient? _actuator;

    public LatencyBench(Terminal terminal, TimeProvider clock)
    {
        _clock = clock;
        var settings = new JObject { ["rules"] = new JObject { [ReadingArrays.SpikeRule] = new JObject { ["action"] = "buzz" } } };
        _house = new BenchHouse(Module, settings, terminal, clock);
        _house.Hub.Published += OnPublished;
        _house.Hub.Delivering += OnDelivering;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _house.StartAsync(cancellation).ConfigureAwait(false);
        _actuator = await BenchClient.ConnectAsync(_house.Hub, _house.Options, Actuator, OnReceived, _clock, cancellation).ConfigureAwait(false);
        _sender = await BenchClient.ConnectAsync(_house.Hub, _house.Options, Sender, received: null, _clock, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends for the warm-up and the duration, and waits for the commands.</summary>
    public async Task<LatencyBenchResult> MeasureAsync(LatencyBenchOptions options, CancellationToken cancellation)
    {
        var plan = new SpikePlan(options.Rate, options.Array);
        var warmUp = (long)Math.Ceiling(options.WarmUp / plan.Interval);
        var messages = warmUp + (long)Math.Ceiling(options.Duration / plan.Interval);
        var spikes = new List<string>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var others = SendOthersAsync(options.Devices, over.Token);
        await SendEvenlyAsync(messages, plan.Interval, message => Next(plan, message, message >= warmUp ? spikes : null), cancellation).ConfigureAwait(false);
        var sentAt = _clock.GetTimestamp();
        LatencyBenchResult result;
        while ((result = LatencyBenchResult.Of(spikes, Trail(), options.Deadline, _clock)).Missing > 0 && _clock.GetElapsedTime(sentAt) < options.Deadline)
            await Task.Delay(Look, _clock, cancellation).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is not null) await _sender.DisposeAsync().ConfigureAwait(false);
        if (_actuator is not null) await _actuator.DisposeAsync().ConfigureAwait(false);
        await _house.DisposeAsync().ConfigureAwait(false);
    }

    private (string Id, byte[] Body, int Count) Next(SpikePlan plan, long message, List<string>? spikes)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var hasSpike = plan.HasSpike(message);
        var body = ReadingArrays.Make(plan.Array, place => Device("sensor", plan.DeviceAt(message, place)), now, hasSpike);
        // The message has the id that its alarm will have: that tells where it is.
        var id = hasSpike ? $"{ReadingArrays.SpikeRule}/{Device("sensor", plan.DeviceAt(message, 0)).Id}/{now}" : $"readings/bench/{message}";
        if (hasSpike) spikes?.Add(id);
        return (id, body, plan.Array);
    }

    private async Task SendOthersAsync(int devices, CancellationToken over)
    {
        if (devices == 0) return;
        var array = Math.Clamp((int)(devices * LingerSeconds), 1, LargestArray);
        await SendEvenlyAsync(
            long.MaxValue,
            TimeSpan.FromSeconds((double)array / devices),
            message =>
            {
                var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
                var body = ReadingArrays.Make(array, place => Device("other", (int)(((message * array) + place) % devices)), now, hasSpike: false);
                return ($"readings/others/{message}", body, array);
            },
            over).ConfigureAwait(false);
    }

    /// <summary>By the clock and not by the hub's answers: a hub that is slow for a moment must not be sent less in it.</summary>
    private async Task SendEvenlyAsync(
        long messages, TimeSpan interval, Func<long, (string Id, byte[] Body, int Count)> next, CancellationToken cancellation)
    {
        var start = _clock.GetTimestamp();
        var inFlight = new Queue<Task>();
        for (var message = 0L; message < messages; message++)
        {
            var wait = (interval * message) - _clock.GetElapsedTime(start);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _clock, cancellation).ConfigureAwait(false);
            var (id, body, count) = next(message);
            inFlight.Enqueue(_sender!.SendAsync("readings", body, cancellation, PropertiesOf(id, count)));
            while (inFlight.Count > 0 && inFlight.Peek().IsCompleted) await inFlight.Dequeue().ConfigureAwait(false);
        }

        await Task.WhenAll(inFlight).ConfigureAwait(false);
    }

    private void OnPublished(HubMessage message)
    {
        if (message is { Module: Sender, MessageId: { } id } && IsSpike(id)) _reached.Enqueue(new Passage(id, message.ArrivedAt!.Value));
        else if (message is { Module: Module, Output: "commands" }) _commanded.Enqueue((message.Body, message.ArrivedAt!.Value));
    }

    private void OnDelivering(HubDelivery delivery)
    {
        if (delivery is { Module: Module, Message.MessageId: { } id } && IsSpike(id)) _handed.Enqueue(new Passage(id, delivery.At));
    }

    private void OnReceived(MqttApplicationMessage message)
    {
        var at = _clock.GetTimestamp();
        // The buffer is the client's.
        _received.Enqueue((message.Payload.ToArray(), at));
    }

    private AlarmTrail Trail() => new(_reached, _handed, ReadCommands(_commanded), ReadCommands(_received));

    private static List<Passage> ReadCommands(IEnumerable<(ReadOnlyMemory<byte> Command, long At)> commands) =>
        [.. commands.Select(seen => new Passage(JsonText.ParseObject(seen.Command.ToArray()).Value<string>("alertId")!, seen.At))];

    private static bool IsSpike(string messageId) => messageId.StartsWith(ReadingArrays.SpikeRule, StringComparison.Ordinal);

    private static (string Id, int Number) Device(string kind, int number) =>
        (string.Create(CultureInfo.InvariantCulture, $"{kind}-{number + 1:00000}"), number);

    private static IEnumerable<KeyValuePair<string, string>> PropertiesOf(string id, int count) =>
        [
            new(SystemProperties.MessageId, id), new(SystemProperties.ContentType, "application/json"), new(SystemProperties.ContentEncoding, "utf-8"),
            new(ApplicationProperties.MessageType, "reading"), new(ApplicationProperties.Priority, Priorities.Normal),
            new(ApplicationProperties.Count, count.ToString(CultureInfo.InvariantCulture)),
        ];
}
