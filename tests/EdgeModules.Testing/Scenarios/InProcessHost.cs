using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>The module in this process, edgeHub replaced by an <see cref="IModuleClient"/> that keeps everything, the clock moved by hand.</summary>
public sealed class InProcessHost(StartModule start) : IScenarioHost
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("scenario-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly JObject _desired = new() { ["$version"] = 1 };
    private readonly RecordingClient _client = new();
    private LiteDbStateStore? _store;
    private IHostedService? _module;

    public async Task StartAsync(JObject desired)
    {
        JsonMergePatch.Apply(_desired, desired);
        await StartModuleAsync();
    }

    public Task SendAsync(string input, byte[] body, IReadOnlyDictionary<string, string> properties) =>
        _client.Handlers!.OnMessage(new InboundMessage(input, body, properties), CancellationToken.None);

    public Task<IReadOnlyDictionary<string, List<JToken>>> TakeOutputsAsync() => Task.FromResult<IReadOnlyDictionary<string, List<JToken>>>(_client.TakeOutputs());

    public async Task PatchSettingsAsync(JObject patch)
    {
        JsonMergePatch.Apply(_desired, patch);
        _desired["$version"] = _desired["$version"]!.Value<long>() + 1;
        await _client.Handlers!.OnTwin(new ModuleTwin((JObject)_desired.DeepClone(), null), CancellationToken.None);
        await WaitForReportAsync();
    }

    public Task<JObject> GetReportedAsync() => Task.FromResult(_client.Reported());

    public async Task<(int Status, JToken? Payload)> CallAsync(string method, JToken? payload)
    {
        var response = await _client.Handlers!.OnMethod(new MethodRequest(method, payload), CancellationToken.None);
        return (response.Status, response.Payload);
    }

    public async Task RestartAsync(bool kill)
    {
        // A kill leaves what was committed; here that is all there is, since every call returned after its commit.
        if (!kill) await _module!.StopAsync(CancellationToken.None);
        else await AbandonAsync();
        _store!.Dispose();
        await StartModuleAsync();
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        // A question behind what the clock has started: the loop answers it afterwards.
        await CallAsync("ping", null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not null) await _module.StopAsync(CancellationToken.None);
        _store?.Dispose();
        _state.Delete(recursive: true);
    }

    private async Task StartModuleAsync()
    {
        var address = new ModuleAddress("hub", "gateway", "device", "module");
        _store = LiteDbStateStore.Open(_state.FullName, address.ModuleId, _clock.GetUtcNow());
        _module = start(_client, _store, address, _clock);
        await _module.StartAsync(CancellationToken.None);
        await _client.Handlers!.OnTwin(new ModuleTwin((JObject)_desired.DeepClone(), _client.Reported()), CancellationToken.None);
        await WaitForReportAsync();
    }

    private async Task AbandonAsync()
    {
        _client.IsDead = true;
        await _module!.StopAsync(CancellationToken.None);
        _client.IsDead = false;
    }

    private Task WaitForReportAsync() =>
        Waiting.ForAsync(() => _client.Reported()["settings"]?["version"]?.Value<long>() == _desired["$version"]!.Value<long>(), "the module has reported its settings");

    private sealed class RecordingClient : IModuleClient
    {
        private readonly Lock _lock = new();
        private readonly JObject _reported = [];
        private Dictionary<string, List<JToken>> _outputs = [];

        public ModuleClientHandlers? Handlers { get; private set; }

        public bool IsDead { get; set; }

        public Task OpenAsync(ModuleClientHandlers handlers, CancellationToken cancellation)
        {
            Handlers = handlers;
            return Task.CompletedTask;
        }

        public Task SendAsync(OutboundMessage message, CancellationToken cancellation)
        {
            lock (_lock)
            {
                if (!_outputs.TryGetValue(message.Output, out var items)) _outputs[message.Output] = items = [];
                items.AddRange(Items(message.Body.Span));
            }

            return Task.CompletedTask;
        }

        public Task ReportAsync(JObject patch, CancellationToken cancellation)
        {
            if (IsDead) return Task.CompletedTask;
            lock (_lock) JsonMergePatch.Apply(_reported, patch);
            return Task.CompletedTask;
        }

        public Task<MethodResponse> InvokeMethodAsync(string moduleId, MethodRequest request, TimeSpan responseTimeout, CancellationToken cancellation) =>
            throw new HttpRequestException("There is no other module in a scenario.");

        public Task StopReceivingAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task CloseAsync(CancellationToken cancellation) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public JObject Reported()
        {
            lock (_lock) return (JObject)_reported.DeepClone();
        }

        public Dictionary<string, List<JToken>> TakeOutputs()
        {
            lock (_lock)
            {
                var taken = _outputs;
                _outputs = [];
                return taken;
            }
        }
    }

    internal static IEnumerable<JToken> Items(ReadOnlySpan<byte> body) =>
        JsonText.Parse(System.Text.Encoding.UTF8.GetString(body)) is JArray array ? array : throw new ScenarioException("A module sent a body that is no array.");
}
