using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using EdgeSimulator;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>
/// The module on its real client, over TLS and MQTT through the simulated edgeHub. A second module sends to its inputs, a third takes its outputs, both by
/// routes. The module's own clock is moved by hand; sockets run on the real one.
/// </summary>
public sealed class MqttHost(StartModule start, IEnumerable<string> inputs, IEnumerable<string> outputs) : IScenarioHost
{
    private const string Module = "Module";
    private const string Source = "Source";
    private const string Sink = "Sink";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<string, List<JToken>> _taken = [];
    private readonly Stack<Life> _lives = new();
    private LoopbackHub? _hub;
    private MqttModuleClient? _source;
    private MqttModuleClient? _sink;

    /// <summary>One process of the module.</summary>
    private sealed record Life(TemporaryFolder State, LiteDbStateStore Store, MqttModuleClient Client, IHostedService Module);

    public async Task StartAsync(JObject desired)
    {
        var routes = inputs.ToDictionary(input => $"to-{input}", input => $"FROM /messages/modules/{Source}/outputs/{input} INTO BrokeredEndpoint(\"/modules/{Module}/inputs/{input}\")");
        foreach (var output in outputs) routes[$"from-{output}"] = $"FROM /messages/modules/{Module}/outputs/{output} INTO BrokeredEndpoint(\"/modules/{Sink}/inputs/{output}\")";
        _hub = new LoopbackHub(routes, new Dictionary<string, JObject> { [Module] = desired, [Source] = [], [Sink] = [] });
        await _hub.StartAsync();
        _source = await OpenAsync(Source, (_, _) => Task.CompletedTask);
        _sink = await OpenAsync(Sink, TakeAsync);
        await StartLifeAsync(new TemporaryFolder());
    }

    public async Task SendAsync(string input, byte[] body, IReadOnlyDictionary<string, string> properties)
    {
        var message = new OutboundMessage
        {
            Output = input,
            Body = body,
            MessageId = properties[SystemProperties.MessageId],
            MessageType = "reading",
            Count = int.Parse(properties[ApplicationProperties.Count]),
            Properties = properties.Where(property => !property.Key.StartsWith('$') && property.Key != ApplicationProperties.Count).ToDictionary(),
        };
        await _source!.SendAsync(message, CancellationToken.None);
        await _hub!.WaitUntilQuietAsync();
    }

    public async Task<IReadOnlyDictionary<string, List<JToken>>> TakeOutputsAsync()
    {
        await _hub!.WaitUntilQuietAsync();
        lock (_taken)
        {
            var taken = new Dictionary<string, List<JToken>>(_taken);
            _taken.Clear();
            return taken;
        }
    }

    public Task PatchSettingsAsync(JObject patch)
    {
        _hub!.Hub.PatchDesired(Module, patch);
        return WaitForReportAsync();
    }

    public Task<JObject> GetReportedAsync() => Task.FromResult((JObject)_hub!.Hub.GetTwin(Module)["reported"]!);

    public async Task<(int Status, JToken? Payload)> CallAsync(string method, JToken? payload)
    {
        var result = await _hub!.Hub.InvokeMethodAsync(Module, method, payload, Waiting.Deadline, CancellationToken.None);
        return (result.Status, result.Payload);
    }

    public async Task RestartAsync(bool kill)
    {
        var (state, store, client, module) = _lives.Peek();
        if (kill)
        {
            // The connection ends without a word, and the next life finds what lies on the disk at this moment.
            await client.DisposeAsync();
            await StartLifeAsync(state.Copy());
            return;
        }

        await module.StopAsync(CancellationToken.None);
        store.Dispose();
        await client.DisposeAsync();
        _lives.Pop();
        await StartLifeAsync(state);
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        // As in the other host.
        for (var i = 0; i < 3; i++) await CallAsync("ping", null);
        await _hub!.WaitUntilQuietAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (state, store, client, module) in _lives)
        {
            await module.StopAsync(CancellationToken.None);
            await client.DisposeAsync();
            store.Dispose();
            state.Dispose();
        }

        foreach (var client in new[] { _source, _sink })
        {
            if (client is not null) await client.DisposeAsync();
        }

        if (_hub is not null) await _hub.DisposeAsync();
    }

    private async Task StartLifeAsync(TemporaryFolder state)
    {
        var store = LiteDbStateStore.Open(state.Path, Module, _clock.GetUtcNow());
        var client = _hub!.CreateClient(Module);
        var module = start(client, store, state.Path, LoopbackHub.Address(Module), _clock);
        _lives.Push(new Life(state, store, client, module));
        await module.StartAsync(CancellationToken.None);
        await WaitForTwinAsync();
        await WaitForReportAsync();
    }

    /// <summary>Only a module that runs answers, and before it has seen its twin time does nothing in it; what is reported may be its former life's.</summary>
    private Task WaitForTwinAsync() => Waiting.ForAsync(
        async () =>
        {
            try
            {
                // The hub may still hold the connection of the former life, which does not answer.
                var answer = await _hub!.Hub.InvokeMethodAsync(Module, "getSettings", null, TimeSpan.FromSeconds(1), CancellationToken.None);
                return answer.Payload?["twinSeen"]?.Value<bool>() == true;
            }
            catch (SimulatorException)
            {
                return false;
            }
        },
        "the module has seen its twin");

    private async Task<MqttModuleClient> OpenAsync(string module, Func<InboundMessage, CancellationToken, Task> onMessage)
    {
        var client = _hub!.CreateClient(module);
        var handlers = new ModuleClientHandlers(onMessage, (_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new MethodResponse(501, null)));
        await client.OpenAsync(handlers, CancellationToken.None);
        return client;
    }

    private Task TakeAsync(InboundMessage message, CancellationToken cancellation)
    {
        lock (_taken)
        {
            if (!_taken.TryGetValue(message.Input, out var items)) _taken[message.Input] = items = [];
            items.AddRange(InProcessHost.Items(message.Body.Span));
        }

        return Task.CompletedTask;
    }

    private Task WaitForReportAsync()
    {
        return Waiting.ForAsync(IsReported, "the module has reported its settings");

        bool IsReported()
        {
            var twin = _hub!.Hub.GetTwin(Module);
            return twin["reported"]?["settings"]?["version"]?.Value<long>() == twin["desired"]?["$version"]?.Value<long>();
        }
    }
}
