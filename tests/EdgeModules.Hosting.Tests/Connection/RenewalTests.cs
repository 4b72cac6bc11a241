using EdgeModules.Hosting.Connection;
using EdgeModules.Testing;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection;

/// <summary>A connection that is renewed while a message is in hand and the hub goes away.</summary>
public sealed class RenewalTests : IAsyncLifetime
{
    /// <summary>How long a renewal lets messages come that were under way.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    private readonly TimerWatch _clock = new(TimeProvider.System.GetUtcNow());
    private LoopbackHub Loopback { get; } = new(
        new Dictionary<string, string>
        {
            ["in"] = "FROM /messages/modules/Sender/outputs/out INTO BrokeredEndpoint(\"/modules/Worker/inputs/in\")",
            ["out"] = "FROM /messages/modules/Worker/outputs/out INTO $upstream",
        },
        new Dictionary<string, JObject> { ["Sender"] = [], ["Worker"] = [] });

    public Task InitializeAsync() => Loopback.StartAsync();

    public async Task DisposeAsync() => await Loopback.DisposeAsync();

    /// <summary>The message's output waits for the next connection, and the renewal waited for the message: for ever, once.</summary>
    [Fact]
    public async Task Renewal_WhenTheHubGoesWhileAMessageIsInHand_ConnectsAgainAndTheMessageIsDone()
    {
        var inHand = new TaskCompletionSource();
        var maySend = new TaskCompletionSource();
        var done = new TaskCompletionSource();
        var twinSeen = new TaskCompletionSource();
        await using var worker = Loopback.CreateClient("Worker", TimeSpan.FromHours(1), _clock);
        await worker.OpenAsync(
            new ModuleClientHandlers(
                async (_, cancellation) =>
                {
                    inHand.TrySetResult();
                    await maySend.Task;
                    await worker.SendAsync(Message("done"), cancellation);
                    done.TrySetResult();
                },
                (_, _) =>
                {
                    twinSeen.TrySetResult();
                    return Task.CompletedTask;
                },
                (_, _) => Task.FromResult(new MethodResponse(200, null))),
            CancellationToken.None);
        await twinSeen.Task.WaitAsync(Waiting.Deadline);
        await using var sender = Loopback.CreateClient("Sender");
        await sender.OpenAsync(
            new ModuleClientHandlers((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new MethodResponse(200, null))),
            CancellationToken.None);
        await sender.SendAsync(Message("work"), CancellationToken.None);
        await inHand.Task.WaitAsync(Waiting.Deadline);

        _clock.Advance(TimeSpan.FromMinutes(52));
        // The hub has confirmed that it sends no more; what is left of the renewal is to wait.
        await Waiting.ForAsync(() => _clock.Waits.Contains(Settling), "the renewal has begun");
        await Loopback.StopAsync();
        maySend.SetResult();
        await Loopback.StartAgainAsync();

        var step = () => _clock.Advance(TimeSpan.FromMilliseconds(100));
        await Waiting.ForAsync(() => done.Task.IsCompleted, "the message's output is sent over the next connection", step);
        await Waiting.ForAsync(() => Loopback.Hub.GetStatus().ConnectedModules.Contains("Worker"), "Worker is connected", step);
    }

    private static OutboundMessage Message(string id) => new() { Output = "out", Body = "[]"u8.ToArray(), Count = 1, MessageType = "reading", MessageId = id };

    /// <summary>Moved by hand; knows which waits were begun.</summary>
    private sealed class TimerWatch(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<TimeSpan> _waits = new();

        public IEnumerable<TimeSpan> Waits => _waits;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Enqueue(dueTime);
            return timer;
        }
    }
}
