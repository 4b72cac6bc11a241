using System.Collections.Concurrent;
using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>A pump between a store and a hub that outlive it: <see cref="Restarted"/> is the next process on the same volume.</summary>
internal sealed class PumpRig : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDead;

    public PumpRig(InMemoryStateStore? store = null, ConcurrentQueue<Sent>? hub = null, FakeTimeProvider? clock = null)
    {
        (Store, Hub, Clock) = (store ?? new(), hub ?? new(), clock ?? new FakeTimeProvider(Start));
        Client.Setup(client => client.SendAsync(It.IsAny<OutboundMessage>(), It.IsAny<CancellationToken>()))
            .Returns<OutboundMessage, CancellationToken>(async (message, cancellation) =>
            {
                await BeforeSend(message, cancellation);
                cancellation.ThrowIfCancellationRequested();
                if (_isDead) throw new SimulatedCrashException();
                Hub.Enqueue(Sent.Of(message));
                AfterSend(message);
            });
        Settings = new TwinSettings<CountingSettings>(Store, Log.For<TwinSettings<CountingSettings>>());
        Pump = new MessagePump<CountingSettings>(Module, Client.Object, Store, Settings, Clock, Log.For<MessagePump<CountingSettings>>());
    }

    public InMemoryStateStore Store { get; }

    /// <summary>What has reached the hub, in order.</summary>
    public ConcurrentQueue<Sent> Hub { get; }

    public FakeTimeProvider Clock { get; }

    public CountingModule Module { get; } = new();

    public Mock<IModuleClient> Client { get; } = new();

    public RecordingLogger Log { get; } = new();

    public TwinSettings<CountingSettings> Settings { get; }

    public MessagePump<CountingSettings> Pump { get; }

    public Func<OutboundMessage, CancellationToken, Task> BeforeSend { get; set; } = (_, _) => Task.CompletedTask;

    public Action<OutboundMessage> AfterSend { get; set; } = _ => { };

    /// <summary>Completes when <see cref="Crash"/> was called.</summary>
    public Task Crashed => _crashed.Task.WaitAsync(Waiting.Deadline);

    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the loop, with fresh settings so that ticks need not wait for the twin.</summary>
    public PumpRig Run(bool twinSeen = true)
    {
        if (twinSeen && !Settings.IsFresh) Settings.Apply(new Newtonsoft.Json.Linq.JObject { ["$version"] = 1 });
        Running = Task.Run(() => Pump.RunAsync(_stop.Token, _abandon.Token));
        return this;
    }

    /// <summary>Delivers a message; waits until it may be acknowledged.</summary>
    public Task HandleAsync(InboundMessage message) => Pump.HandleAsync(message).WaitAsync(Waiting.Deadline);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running.WaitAsync(Waiting.Deadline);
    }

    public async Task AbandonAsync()
    {
        await _stop.CancelAsync();
        await _abandon.CancelAsync();
        await Running.WaitAsync(Waiting.Deadline);
    }

    /// <summary>For use in a hook: from now on nothing that this process does has any effect.</summary>
    public void Crash()
    {
        _isDead = true;
        _crashed.TrySetResult();
        Store.BeforeWrite = () => throw new SimulatedCrashException();
        throw new SimulatedCrashException();
    }

    /// <summary>The process is gone; the next one finds its volume, and the hub what it had sent.</summary>
    public async Task<PumpRig> Restarted()
    {
        await AbandonAsync();
        (Store.BeforeWrite, Store.AfterWrite) = (static () => { }, static () => { });
        return new PumpRig(Store, Hub, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await AbandonAsync();
        _stop.Dispose();
        _abandon.Dispose();
    }

    public static InboundMessage Message(string body, string? id = null, string input = "readings", string sender = "sensor", int? count = null)
    {
        var properties = new Dictionary<string, string> { [SystemProperties.ConnectionDeviceId] = "edge", [SystemProperties.ConnectionModuleId] = sender };
        if (id is not null) properties[SystemProperties.MessageId] = id;
        if (count is not null) properties[ApplicationProperties.Count] = $"{count}";
        return new InboundMessage(input, Encoding.UTF8.GetBytes(body), properties);
    }

    /// <summary>Readings of these devices, one each.</summary>
    public static string Readings(params string[] devices) => $"[{string.Join(',', devices.Select(Reading))}]";

    public static string Reading(string device) => $$"""{"deviceId":"{{device}}","timestamp":1,"t":1}""";
}

/// <summary>An output as the hub has it.</summary>
internal sealed record Sent(string? Id, string Output, string Body, int Count, string Type, string Priority)
{
    public static Sent Of(OutboundMessage message) =>
        new(message.MessageId, message.Output, Encoding.UTF8.GetString(message.Body.Span), message.Count, message.MessageType, message.Priority);
}

/// <summary>Stands for kill -9.</summary>
internal sealed class SimulatedCrashException : Exception;
