using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.EndToEnd;

/// <summary>The simulator as a user runs it: a process of its own that starts the module processes, on free ports, with its state in a temporary folder.</summary>
internal sealed class SuiteProcess : IAsyncDisposable
{
    public static TimeSpan Deadline { get; } = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly int _hubPort = Ports.Free();
    private readonly int _httpsPort = Ports.Free();
    private readonly int _apiPort = Ports.Free();
    private Process? _process;

    public static string Root => Workspace.FindRoot(AppContext.BaseDirectory) ?? throw new InvalidOperationException("These tests run inside the repository.");

    public string Output => string.Join('\n', _output);

    public string ReportFile => Path.Combine(_directory.FullPath, "report.json");

    public JObject Report => JsonText.ParseObject(File.ReadAllBytes(ReportFile));

    public string StateDirectory => Path.Combine(_directory.FullPath, "state");

    /// <summary>What has reached the cloud, in order.</summary>
    public IReadOnlyList<JObject> Cloud =>
        [.. File.ReadLines(Path.Combine(StateDirectory, "cloud.jsonl")).Select(line => (JObject)JsonText.Parse(line))];

    public Process Process => _process!;

    /// <summary>Writes the default manifest with the hub's acknowledgement time-out shortened, so that a killed receiver costs two seconds and not thirty.</summary>
    public string ManifestWithAckTimeout(int seconds)
    {
        var manifest = JsonText.ParseObject(File.ReadAllBytes(Path.Combine(Root, "deployment.template.json")));
        manifest["modulesContent"]!["$edgeAgent"]!["properties.desired"]!["systemModules"]!["edgeHub"]!["env"]!["MessageAckTimeoutSecs"]!["value"] = seconds;
        // Images are looked up beside the manifest.
        return _directory.Write("deployment.template.json", manifest.ToString());
    }

    public string Write(string name, string text) => _directory.Write(name, text);

    public void Start(params string[] arguments)
    {
        string[] ports =
        [
            "--hub-port", $"{_hubPort}", "--https-port", $"{_httpsPort}", "--api-port", $"{_apiPort}", "--metrics-port", "0", "--models-port", "0", "--probe-port", "0",
        ];
        _process = Launch(["run", .. ports, "--state", StateDirectory, "--report", ReportFile, .. arguments]);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync(TimeSpan? deadline = null)
    {
        var longest = deadline ?? Deadline;
        using var time = new CancellationTokenSource(longest, TimeProvider.System);
        try
        {
            await _process!.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The simulator did not end in {longest.TotalMinutes} minutes. It printed:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>A verb against the running simulator.</summary>
    public async Task<(int ExitCode, string Output)> VerbAsync(params string[] arguments)
    {
        using var verb = StartVerb(arguments);
        var output = await verb.StandardOutput.ReadToEndAsync() + await verb.StandardError.ReadToEndAsync();
        await verb.WaitForExitAsync();
        return (verb.ExitCode, output);
    }

    /// <summary>A verb that goes on beside the test.</summary>
    public Process StartVerb(params string[] arguments) => Launch([.. arguments, "--api-port", $"{_apiPort}"]);

    public Task<JObject> StatusAsync() => GetAsync("/status");

    /// <summary>What the control API answers.</summary>
    public async Task<JObject> GetAsync(string path)
    {
        using var http = new HttpClient();
        return JsonText.ParseObject(await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_apiPort}{path}")));
    }

    /// <returns>The answer of a direct method, whatever its status.</returns>
    public async Task<JObject> CallAsync(string module, string method)
    {
        using var http = new HttpClient();
        using var call = new StringContent(new JObject { ["method"] = method, ["timeoutSeconds"] = 5 }.ToString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{_apiPort}/modules/{module}/methods"), call);
        var content = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode ? JsonText.ParseObject(content) : new JObject { ["error"] = Encoding.UTF8.GetString(content) };
    }

    /// <returns>Readings that the module has received; 0 also when it does not answer.</returns>
    public async Task<long> ReceivedAsync(string module)
    {
        return (await CallAsync(module, "getLedger"))["payload"]?["received"]?.Value<long>() ?? 0;
    }

    /// <summary>kill -9 of the simulator.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    /// <summary>kill -9 of a module's process once it has taken a few readings; returns when another process has its place.</summary>
    public async Task KillModuleAsync(string module)
    {
        var before = await PidAsync(module);
        using (var process = Process.GetProcessById(before)) process.Kill();
        await Waiting.ForAsync(async () => await PidAsync(module) is var now && now != before && now != 0, $"{module} runs again");
    }

    public async Task<int> PidAsync(string module)
    {
        var status = (await StatusAsync())["modules"]!.First(entry => entry["name"]!.Value<string>() == module);
        return status["processId"]?.Value<int?>() ?? 0;
    }

    public Task WaitForOutputAsync(string text) => Waiting.ForAsync(() => Output.Contains(text, StringComparison.Ordinal), $"the simulator prints \"{text}\"", deadline: Deadline);

    /// <summary>It does not run any more then; its files stay until the end of the test.</summary>
    public async Task EndAsync()
    {
        if (_process is not { HasExited: false }) return;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process?.Dispose();
        _directory.Dispose();
    }

    private static Process Launch(string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(SimulatorException).Assembly.Location, .. arguments])
    {
        WorkingDirectory = Root,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private void Keep(string? line)
    {
        if (line is not null) _output.Enqueue(line);
    }
}
