using System.Collections.Concurrent;
using EdgeModules.Testing;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>A hub on a free port with a state directory of its own, which goes when this is disposed.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    public const string Device = "edge-1";
    public const string HubHost = "hub.example.com";
    public const string Gateway = "gateway.example.com";
    private readonly TimeProvider _clock;
    private readonly string _root = Directory.CreateTempSubdirectory("edgehub-tests-").FullName;

    private TestHub(TimeProvider clock) => _clock = clock;

    public EdgeHub Hub { get; private set; } = null!;

    public HubOptions Options { get; private set; } = null!;

    public RecordedLogs Logs { get; } = new();

    public static async Task<TestHub> StartAsync(
        IReadOnlyDictionary<string, string>? routes = null, TimeProvider? clock = null, Func<HubOptions, HubOptions>? change = null)
    {
        var test = new TestHub(clock ?? TimeProvider.System);
        var options = new HubOptions(
            HubHost, Gateway, Device, 0, Path.Combine(test._root, "state"), Path.Combine(test._root, "cloud.jsonl"), HubEnvironment.Default,
            HubDesired.Create(routes ?? new Dictionary<string, string>()),
            new[] { "source", "filter", "other" }.ToDictionary(module => module, module => new JObject()));
        test.Options = change?.Invoke(options) ?? options;
        await test.StartHubAsync();
        return test;
    }

    public async Task RestartAsync(Func<HubOptions, HubOptions>? change = null)
    {
        await Hub.DisposeAsync();
        Options = change?.Invoke(Options) ?? Options;
        await StartHubAsync();
    }

    /// <summary>Starts again on a copy of the state as it lies on disk at this moment: what kill -9 would leave.</summary>
    public async Task CrashAsync()
    {
        var copy = Options.StateDirectory + "-";
        foreach (var file in Directory.EnumerateFiles(Options.StateDirectory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Options.StateDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        await RestartAsync(options => options with { StateDirectory = copy });
    }

    public async Task<TestModule> ConnectAsync(string module)
    {
        var connected = await TestModule.ConnectAsync(this, module, _clock);
        // The CONNACK leaves before the hub has entered the connection.
        await Eventually.IsTrueAsync(() => Hub.GetStatus().ConnectedModules.Contains(module));
        return connected;
    }

    public EndpointStatus Endpoint(string id) => Hub.GetStatus().Endpoints.Single(endpoint => endpoint.Id == id);

    public EndpointStatus Input(string module, string input) => Endpoint($"{Device}/{module}/{input}");

    public OutputStatus Output(string module, string output) =>
        Hub.GetStatus().Outputs.Single(sums => sums.Module == module && sums.Output == output);

    public IReadOnlyList<JObject> ReadCloud()
    {
        using var file = new StreamReader(new FileStream(Options.CloudFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. file.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (JObject)EdgeModules.Messages.JsonText.Parse(line))];
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task StartHubAsync()
    {
        Hub = new EdgeHub(Options, _clock, new LoggerFactory([Logs]));
        await Hub.StartAsync(CancellationToken.None);
    }
}

/// <summary>Keeps log lines for assertions.</summary>
internal sealed class RecordedLogs : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");

    public void Dispose()
    {
    }
}
