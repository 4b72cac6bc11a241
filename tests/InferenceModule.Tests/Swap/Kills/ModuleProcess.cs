using System.Diagnostics;
using System.Text;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>The module as its image runs it: a process of its own, killed with SIGKILL.</summary>
internal sealed class ModuleProcess(LoopbackHub hub, string module, string state, string models) : IDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;

    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    public bool HasExited => _process?.HasExited ?? true;

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "InferenceModule.dll")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["EdgeHubConnectionString"] = hub.ConnectionString(module);
        start.Environment["EdgeModuleCACertificateFile"] = hub.Hub.CaCertificateFile;
        start.Environment["EdgeHubMqttPort"] = $"{hub.Hub.Port}";
        start.Environment["EdgeHubHttpsPort"] = $"{hub.Hub.HttpsPort}";
        start.Environment["MetricsPort"] = "0";
        start.Environment["StateDirectory"] = state;
        start.Environment["ModelsDirectory"] = models;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_log) _log.AppendLine(line);
    }
}
