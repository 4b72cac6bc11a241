using EdgeSimulator.Control;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;
using EdgeSimulator.Running;
using EdgeSimulator.Tests.Manifests;

namespace EdgeSimulator.Tests.Control;

/// <summary>A control API over a fake hub and fleet, with real files; FilterModule runs, SensorModule is stopped by the manifest.</summary>
internal sealed class ControlledRun : IDisposable
{
    private ControlApi? _api;
    private bool _ended;

    public ControlledRun(bool hubOnly = false)
    {
        Directory.Write("cloud.jsonl", CloudLine("FilterModule", "of an earlier run"));
        Directory.Write("logs/edgeHub.log", "<6> 2026-01-31 12:00:00.000 +00:00 [INF] - Of an earlier run.\n");
        var files = new RunFiles(Directory.FullPath, Path.Combine(Directory.FullPath, "cloud.jsonl"), TimeProvider.System);
        var manifest = ManifestReader.Parse(TestManifest.Create(), "deployment.template.json");
        var credentials = new ModuleCredentials(Hub, manifest, Directory.FullPath, "hub.example.com", "localhost", 18883, 18443);
        Control = new SimulatorControl(Hub, ["FilterModule", "SensorModule"], hubOnly ? null : Fleet, files, credentials, Announced.Add, TimeProvider.System);
        Client = new ControlClient(Port, TimeProvider.System);
    }

    public FakeHub Hub { get; } = new()
    {
        Status = HubStatuses.Empty with { ConnectedModules = ["FilterModule"], Endpoints = [HubStatuses.Cloud(5, 3, 2)] },
    };

    public FakeFleet Fleet { get; } = new("FilterModule");

    public TemporaryDirectory Directory { get; } = new();

    public TestTerminal Terminal { get; } = new();

    public StringWriter Notes { get; } = new();

    public List<string> Announced { get; } = [];

    public int Port { get; } = Ports.Free();

    public SimulatorControl Control { get; }

    public ControlClient Client { get; }

    public static string CloudLine(string module, string id, string body = "[1]") =>
        $$$"""{"enqueuedTimeUtc":"2026-01-31T12:00:00.1234567Z","deviceId":"d","moduleId":"{{{module}}}","messageId":"{{{id}}}","properties":{"count":"1"},"systemProperties":{},"body":{{{body}}}}""" + "\n";

    public async Task StartAsync() => _api = await ControlApi.StartAsync(Port, Control, TimeProvider.System, CancellationToken.None);

    public void Append(string name, string text) => File.AppendAllText(Path.Combine(Directory.FullPath, name), text);

    public string[] Lines() => Terminal.Text.TrimEnd().ReplaceLineEndings("\n").Split('\n');

    /// <summary>As a run ends: its files are whole then.</summary>
    public async Task EndAsync()
    {
        if (_ended) return;
        _ended = true;
        if (_api is not null) await _api.DisposeAsync();
    }

    /// <summary>After <see cref="EndAsync"/>.</summary>
    public void Dispose()
    {
        Client.Dispose();
        Terminal.Dispose();
        Notes.Dispose();
        Directory.Dispose();
    }
}
