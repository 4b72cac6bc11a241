using EdgeSimulator.Control;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Control;

public sealed class CredentialsVerbTests : IAsyncLifetime, IDisposable
{
    private readonly ControlledRun _run = new();

    private Dictionary<string, string> Expected => new()
    {
        ["EdgeHubConnectionString"] = "HostName=hub.example.com;DeviceId=device-1;ModuleId=FilterModule;SharedAccessKey=a2V5;GatewayHostName=localhost",
        ["EdgeModuleCACertificateFile"] = "/state/ca.pem",
        ["EdgeHubMqttPort"] = "18883",
        ["EdgeHubHttpsPort"] = "18443",
        ["StateDirectory"] = Path.Combine(_run.Directory.FullPath, "modules", "FilterModule"),
        ["MetricsPort"] = "0",
        ["FROM_OPTIONS"] = "a=b",
        ["BOTH"] = "env",
        ["NUMBER"] = "5",
        ["YES"] = "true",
    };

    public Task InitializeAsync() => _run.StartAsync();

    public Task DisposeAsync() => _run.EndAsync();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Credentials_ModuleThatRuns_AreShellCommandsAndAWarning()
    {
        await PrintAsync(new CredentialsTarget(AsJson: false, File: null));
        Assert.Equal(Expected.Select(variable => $"export {variable.Key}='{variable.Value}'").Order(), _run.Lines().Order());
        Assert.StartsWith("FilterModule runs now: stop it first with \"stop FilterModule\"", _run.Notes.ToString());
        Assert.True(Directory.Exists(Expected["StateDirectory"]));
    }

    [Fact]
    public async Task CredentialsAsJson_Module_AreTheEnvironmentOfADebugger()
    {
        await PrintAsync(new CredentialsTarget(AsJson: true, File: null));
        Assert.Equal(Expected, JObject.Parse(_run.Terminal.Text)["env"]!.ToObject<Dictionary<string, string>>());
    }

    [Fact]
    public async Task CredentialsToAFile_StoppedModule_AreAnEnvironmentFileThatOthersCannotRead()
    {
        await _run.Fleet.StopByHandAsync("FilterModule");
        _run.Hub.Status = HubStatuses.Empty;
        var file = Path.Combine(_run.Directory.FullPath, "module.env");
        await PrintAsync(new CredentialsTarget(AsJson: false, file));
        Assert.Equal(Expected, EnvFile.Read(file));
        Assert.Equal($"Wrote {Expected.Count} variables to {file}; it holds the module's key.", Assert.Single(_run.Lines()));
        Assert.Empty(_run.Notes.ToString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Credentials_ModuleInADebugger_SaysThatItMustEnd()
    {
        await _run.Fleet.StopByHandAsync("FilterModule");
        await PrintAsync(new CredentialsTarget(AsJson: true, File: null));
        Assert.Equal("FilterModule is connected, though this simulator does not run it: end that one first.", _run.Notes.ToString().TrimEnd());
    }

    [Fact]
    public async Task CredentialsToAFile_ThatCannotBeWritten_AreRefused()
    {
        var error = await Assert.ThrowsAsync<SimulatorException>(
            () => PrintAsync(new CredentialsTarget(AsJson: false, Path.Combine(_run.Directory.FullPath, "absent", "x"))));
        Assert.Contains("(--output) cannot be written", error.Message);
    }

    private Task<int> PrintAsync(CredentialsTarget target) =>
        CredentialsVerb.RunAsync(_run.Client, "FilterModule", target, _run.Terminal.Terminal, _run.Notes, CancellationToken.None);
}
