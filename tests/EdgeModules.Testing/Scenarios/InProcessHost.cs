using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>The module in this process, edgeHub replaced by a client that keeps everything, the clock moved by hand.</summary>
public sealed class InProcessHost(StartModule start) : IScenarioHost
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly JObject _desired = new() { ["$version"] = 1 };
    private readonly Stack<Life> _lives = new();

    /// <summary>One process of the module.</summary>
    private sealed record Life(TemporaryFolder State, LiteDbStateStore Store, RecordingModuleClient Client, IHostedService Module);

    private RecordingModuleClient Client => _lives.Peek().Client;

    public async Task StartAsync(JObject desired)
    {
        JsonMergePatch.Apply(_desired, desired);
        await StartLifeAsync(new TemporaryFolder(), []);
    }

    /// <summary>Where the module keeps what it has on its disk.</summary>
    public string StateDirectory => _lives.Peek().State.Path;

    public Task SendAsync(string input, byte[] body, IReadOnlyDictionary<string, string> properties) => Client.DeliverAsync(new InboundMessage(input, body, properties));

    public Task<IReadOnlyDictionary<string, List<JToken>>> TakeOutputsAsync()
    {
        var outputs = new Dictionary<string, List<JToken>>();
        while (Client.Sent.TryDequeue(out var message))
        {
            if (!outputs.TryGetValue(message.Output, out var items)) outputs[message.Output] = items = [];
            items.AddRange(Items(message.Body.Span));
        }

        return Task.FromResult<IReadOnlyDictionary<string, List<JToken>>>(outputs);
    }

    public async Task PatchSettingsAsync(JObject patch)
    {
        JsonMergePatch.Apply(_desired, patch);
        _desired["$version"] = _desired["$version"]!.Value<long>() + 1;
        await GiveTwinAsync();
    }

    public Task<JObject> GetReportedAsync() => Task.FromResult(Client.Reported);

    public async Task<(int Status, JToken? Payload)> CallAsync(string method, JToken? payload)
    {
        var response = await Client.CallAsync(method, payload);
        return (response.Status, response.Payload);
    }

    public async Task RestartAsync(bool kill)
    {
        var (state, store, client, module) = _lives.Peek();
        if (kill)
        {
            // What lies on the disk at this moment; the old life is ended later, on files that nobody reads.
            await StartLifeAsync(state.Copy(), client.Reported, client);
            return;
        }

        await module.StopAsync(CancellationToken.None);
        store.Dispose();
        _lives.Pop();
        await StartLifeAsync(state, client.Reported, client);
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        // The loop answers a question and then does one tick; so what is due, and what becomes due by that, is done before the last answer.
        for (var i = 0; i < 3; i++) await CallAsync("ping", null);
    }

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>As when an operator or a time server sets it: what waits for a span of time goes on waiting as long as it would have.</summary>
    public async Task SetClockAsync(DateTimeOffset now)
    {
        _clock.AdjustTime(now);
        await AdvanceAsync(TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (state, store, _, module) in _lives)
        {
            await module.StopAsync(CancellationToken.None);
            store.Dispose();
            state.Dispose();
        }
    }

    /// <param name="reported">What the hub has of the life before.</param>
    /// <param name="former">Its outputs that nobody has taken yet count for the scenario too.</param>
    private async Task StartLifeAsync(TemporaryFolder state, JObject reported, RecordingModuleClient? former = null)
    {
        var address = LoopbackHub.Address("Module");
        var client = new RecordingModuleClient();
        while (former is not null && former.Sent.TryDequeue(out var message)) client.Sent.Enqueue(message);
        await client.ReportAsync(reported, CancellationToken.None);
        var store = LiteDbStateStore.Open(state.Path, address.ModuleId, _clock.GetUtcNow());
        var module = start(client, store, state.Path, address, _clock);
        _lives.Push(new Life(state, store, client, module));
        await module.StartAsync(CancellationToken.None);
        await GiveTwinAsync();
    }

    private async Task GiveTwinAsync()
    {
        await Client.GiveTwinAsync((JObject)_desired.DeepClone());
        await Waiting.ForAsync(
            () => Client.Reported["settings"]?["version"]?.Value<long>() == _desired["$version"]!.Value<long>(), "the module has reported its settings");
    }

    /// <summary>What must not wait for others, such as an alarm, travels alone and as a plain object.</summary>
    internal static IEnumerable<JToken> Items(ReadOnlySpan<byte> body) => JsonText.Parse(Encoding.UTF8.GetString(body)) switch
    {
        JArray array => array,
        JObject single => [single],
        _ => throw new ScenarioException("A module sent a body that is neither an array nor an object."),
    };
}
