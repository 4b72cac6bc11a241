using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Timing;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Bench;

/// <summary>
/// What the hub alone does, module to module: a sender and a receiver without logic, over TLS, with the store on disk, all in one process. A message counts
/// when the receiver has it.
/// </summary>
internal sealed class HubBench : IAsyncDisposable
{
    private const string Sender = "sender";
    private const string Receiver = "receiver";
    private const string Output = "out";

    private readonly TimeProvider _clock;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("edgesimulator-bench-");
    private readonly Channel<long> _arrivals = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly HubOptions _options;
    private readonly EdgeHub _hub;
    private BenchClient? _sender;
    private BenchClient? _receiver;

    public HubBench(TimeProvider clock)
    {
        _clock = clock;
        _options = new HubOptions(
            "bench.azure-devices.net", "localhost", "bench", Port: 0, Path.Combine(_directory.FullName, "state"), Path.Combine(_directory.FullName, "cloud.jsonl"),
            HubEnvironment.Default,
            new JObject
            {
                ["schemaVersion"] = "1.1",
                ["routes"] = new JObject
                {
                    ["route"] = $"FROM /messages/modules/{Sender}/outputs/{Output} INTO BrokeredEndpoint(\"/modules/{Receiver}/inputs/in\")",
                },
                ["storeAndForwardConfiguration"] = new JObject { ["timeToLiveSecs"] = 7200 },
            },
            new Dictionary<string, JObject> { [Sender] = [], [Receiver] = [] });
        _hub = new EdgeHub(_options, clock, NullLoggerFactory.Instance);
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_options.StateDirectory);
        await _hub.StartAsync(cancellation).ConfigureAwait(false);
        _receiver = await BenchClient.ConnectAsync(_hub, _options, Receiver, Arrived, _clock, cancellation).ConfigureAwait(false);
        _sender = await BenchClient.ConnectAsync(_hub, _options, Sender, received: null, _clock, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends for <paramref name="time"/>, with so many messages not acknowledged at once, and waits until all have arrived.</summary>
    /// <returns>Messages a second, from the first send to the last arrival.</returns>
    public async Task<double> ThroughputAsync(int bodyBytes, int inFlight, TimeSpan time, CancellationToken cancellation)
    {
        var body = Body(bodyBytes);
        var start = _clock.GetTimestamp();
        var sent = 0;
        async Task SendAsync()
        {
            // Each has a body of its own: what is sent at the same time must not share one.
            var own = (byte[])body.Clone();
            while (_clock.GetElapsedTime(start) < time)
            {
                await _sender!.SendAsync(Output, own, cancellation).ConfigureAwait(false);
                Interlocked.Increment(ref sent);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => SendAsync())).ConfigureAwait(false);
        for (var i = 0; i < sent; i++) await _arrivals.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        return sent / _clock.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Sends at a steady pace; the time of a message runs from just before its publish until the receiver has it.</summary>
    public async Task<Latencies> LatencyAsync(int bodyBytes, double perSecond, TimeSpan time, CancellationToken cancellation)
    {
        var latencies = new Latencies();
        var body = Body(bodyBytes);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond), _clock);
        var start = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(start) < time && await pace.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            BinaryPrimitives.WriteInt64LittleEndian(body, _clock.GetTimestamp());
            await _sender!.SendAsync(Output, body, cancellation).ConfigureAwait(false);
            latencies.Add(TimeSpan.FromSeconds((double)await _arrivals.Reader.ReadAsync(cancellation).ConfigureAwait(false) / _clock.TimestampFrequency));
        }

        return latencies;
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is not null) await _sender.DisposeAsync().ConfigureAwait(false);
        if (_receiver is not null) await _receiver.DisposeAsync().ConfigureAwait(false);
        await _hub.DisposeAsync().ConfigureAwait(false);
        _directory.Delete(recursive: true);
    }

    /// <summary>The first eight bytes are the time of sending; the rest is text.</summary>
    private static byte[] Body(int bytes)
    {
        var body = new byte[Math.Max(sizeof(long), bytes)];
        Encoding.ASCII.GetBytes(new string('x', body.Length - sizeof(long)), body.AsSpan(sizeof(long)));
        return body;
    }

    private void Arrived(MqttApplicationMessage message) =>
        _arrivals.Writer.TryWrite(_clock.GetTimestamp() - BinaryPrimitives.ReadInt64LittleEndian(message.Payload.First.Span));
}
