using System.Collections.Concurrent;
using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests;

/// <summary>kill -9 at every point of a message's way: no alarm is forgotten, none is told under two ids, and its command goes before the saving.</summary>
public sealed class CrashTests
{
    private static readonly string[] Bodies = [Body(0, 36), Body(1, 46), Body(2, 47), Body(3, 20), Body(4, 46), Body(40, 46)];

    public static TheoryData<string, int> Points()
    {
        var points = new TheoryData<string, int>();
        for (var i = 1; i <= Bodies.Length; i++)
        {
            points.Add("before saving", i);
            points.Add("after saving", i);
            points.Add("before sending", i);
            points.Add("after sending", i);
        }

        return points;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Restart_CrashAtThatPoint_GivesTheMessagesOfARunWithoutOne(string point, int number)
    {
        var expected = await RunAsync("never", 0);
        var actual = await RunAsync(point, number);

        var byId = actual.GroupBy(message => message.Id).ToList();
        Assert.All(byId, repeats => Assert.Single(repeats.Distinct()));
        Assert.Equal(expected.Select(message => message.Id).Order(StringComparer.Ordinal), byId.Select(message => message.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["raised", "escalated", "cleared", "raised"], byId.Select(message => message.First()).Where(message => message.Output == "alerts").Select(message => message.State));
    }

    [Fact]
    public async Task Critical_CommandIsSentBeforeAnythingIsSaved()
    {
        var store = new InMemoryStateStore();
        var calls = new ConcurrentQueue<string>();
        await using var life = new Life(store, [], new FakeTimeProvider(EngineRig.Start)) { Sending = message => calls.Enqueue(message.Output) };
        store.BeforeWrite = () => calls.Enqueue("save");
        await life.HandleAsync(0, Body(0, 46));
        Assert.Equal(["commands", "save", "alerts"], calls.SkipWhile(call => call == "save"));
    }

    private static async Task<List<Told>> RunAsync(string point, int number)
    {
        var (store, hub, clock) = (new InMemoryStateStore(), new List<Told>(), new FakeTimeProvider(EngineRig.Start));
        var life = new Life(store, hub, clock);
        var (writes, sends) = (0, 0);
        var hasCrashed = false;
        Arm();
        for (var i = 0; i < Bodies.Length; i++)
        {
            // Behind a crash the hub delivers the message again, to the next process.
            while (!await life.HandleAsync(i, Bodies[i]))
            {
                await life.DisposeAsync();
                (store.BeforeWrite, store.AfterWrite) = (static () => { }, static () => { });
                life = new Life(store, hub, clock);
            }
        }

        await life.DisposeAsync();
        Assert.Equal(point != "never", hasCrashed);
        return hub;

        void Arm()
        {
            var crashing = life;
            void CrashAt(ref int count)
            {
                if (hasCrashed || ++count != number) return;
                hasCrashed = true;
                crashing.Crash();
            }

            if (point == "before saving") store.BeforeWrite = () => CrashAt(ref writes);
            if (point == "after saving") store.AfterWrite = () => CrashAt(ref writes);
            if (point == "before sending") life.Sending = _ => CrashAt(ref sends);
            if (point == "after sending") life.AfterSending = _ => CrashAt(ref sends);
        }
    }

    private static string Body(int second, double value) => $$"""{"deviceId":"press-1","timestamp":{{EngineRig.T0 + second * 1000}},"temperature":{{value}}}""";

    private sealed record Told(string Id, string Output, string State, string Body);

    private sealed class CrashException : Exception;

    /// <summary>One process of the module; the store and what the hub has outlive it.</summary>
    private sealed class Life : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly TaskCompletionSource _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly InMemoryStateStore _store;
        private readonly MessagePump<AlertSettings> _pump;
        private readonly Task _running;
        private bool _isDead;

        public Life(InMemoryStateStore store, List<Told> hub, FakeTimeProvider clock)
        {
            _store = store;
            var log = new RecordingLogger();
            var client = new RecordingModuleClient
            {
                BeforeSend = (message, _) =>
                {
                    Sending(message);
                    if (_isDead) throw new CrashException();
                    var body = Encoding.UTF8.GetString(message.Body.Span);
                    lock (hub) hub.Add(new Told(message.MessageId!, message.Output, JObject.Parse(body).Value<string?>("state") ?? "", body));
                    AfterSending(message);
                    return Task.CompletedTask;
                },
            };
            var settings = new TwinSettings<AlertSettings>(store, log.For<TwinSettings<AlertSettings>>());
            settings.Apply(JObject.Parse("""{"$version":1,"rules":{"temperatureHigh":{"action":"buzz"}}}"""));
            _pump = new MessagePump<AlertSettings>(new AlertModule(), client, store, settings, clock, log.For<MessagePump<AlertSettings>>());
            _running = Task.Run(() => _pump.RunAsync(_end.Token, _end.Token));
        }

        public Action<OutboundMessage> Sending { get; set; } = _ => { };

        public Action<OutboundMessage> AfterSending { get; set; } = _ => { };

        /// <returns>False when the process died of it.</returns>
        public async Task<bool> HandleAsync(int number, string body)
        {
            var properties = new Dictionary<string, string> { [SystemProperties.MessageId] = $"m{number}" };
            var handled = _pump.HandleAsync(new InboundMessage("readings", Encoding.UTF8.GetBytes(body), properties));
            await Task.WhenAny(handled, _crashed.Task).WaitAsync(Waiting.Deadline);
            return !_crashed.Task.IsCompleted;
        }

        public void Crash()
        {
            _isDead = true;
            _crashed.TrySetResult();
            _store.BeforeWrite = () => throw new CrashException();
            throw new CrashException();
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }
    }
}
