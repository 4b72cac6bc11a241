using System.Diagnostics;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Manifests;
using EdgeSimulator.Processes;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests;

/// <summary>The simulator as its users start it: real processes, real TLS, the manifest and the data of the repository.</summary>
public sealed class EndToEndTests : IDisposable
{
    private static readonly string Root = Workspace.FindRoot(AppContext.BaseDirectory)!;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_DefaultData_EndsByItselfWithEveryReadingAccountedFor()
    {
        var report = Path.Combine(_directory.FullPath, "report.json");
        using var simulator = Start("--speed", "max", "--report", report);
        var output = await FinishAsync(simulator);
        Assert.True(simulator.ExitCode == ExitCodes.Done, output);

        var json = JObject.Parse(await File.ReadAllTextAsync(report));
        var readings = File.ReadLines(Path.Combine(Root, "data", "sensor-network.csv")).Count() - 1;
        Assert.Equal(readings, json.SelectToken("readings.sent"));
        Assert.Equal(readings, json.SelectToken("modules.FilterModule.received"));
        Assert.Equal(0, json["unaccountedReadings"]);
        Assert.Equal(0, json.SelectToken("upstream.duplicates"));
        Assert.Equal(json.SelectToken("modules.FilterModule.forwarded"), json.SelectToken("upstream.readings"));
        Assert.InRange(json.SelectToken("upstream.messages")!.Value<int>(), 1, readings / 100);
        Assert.True(json.SelectToken("processes.FilterModule.cpuSeconds")!.Value<double>() > 0);
        Assert.True(json.SelectToken("processes.SensorModule.peakMemoryBytes")!.Value<long>() > 1 << 20);
        Assert.Equal(
            json.SelectToken("upstream.messages")!.Value<int>(),
            File.ReadLines(Path.Combine(_directory.FullPath, "state", "cloud.jsonl")).Count());
    }

    [Fact]
    public async Task Run_RowThatCannotBeRead_IsOneLineAndExitCode2()
    {
        var data = _directory.Write("bad.csv", "deviceId,temperature\na,1\nb,warm\n");
        using var simulator = Start("--data", data);
        var errors = simulator.StandardError.ReadToEndAsync();
        await FinishAsync(simulator);
        Assert.Equal(ExitCodes.Usage, simulator.ExitCode);
        Assert.Matches("^error: SensorModule: .*bad.csv line 3, column \"temperature\" is \"warm\"[^\n]*$", (await errors).TrimEnd());
    }

    [SkippableFact]
    public async Task Simulator_KilledWithSigkill_TakesItsModulesAlong()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "On other systems than Linux and Windows modules outlive a simulator that is killed.");
        using var simulator = Start("--devices", "10");
        string? line;
        do line = await simulator.StandardOutput.ReadLineAsync();
        while (line?.Contains("SensorModule     Opened", StringComparison.Ordinal) == false);
        Assert.NotNull(line);
        // The kernel lists children under the thread that started them.
        var modules = Directory.GetDirectories($"/proc/{simulator.Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        Assert.Equal(2, modules.Count);

        simulator.Kill();
        await Wait.UntilAsync(() => !modules.Any(LinuxProcess.Lives), "the end of the modules");
    }

    private static async Task<string> FinishAsync(Process simulator)
    {
        var output = simulator.StandardOutput.ReadToEndAsync();
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        try
        {
            await simulator.WaitForExitAsync(time.Token);
        }
        finally
        {
            if (!simulator.HasExited) simulator.Kill();
        }

        return await output;
    }

    private Process Start(params string[] options) => Process.Start(new ProcessStartInfo(
        ChildLauncher.DotnetCommand,
        [
            "exec", typeof(ExecChild).Assembly.Location, .. options, "--state", Path.Combine(_directory.FullPath, "state"),
            "--hub-port", $"{Ports.Free()}", "--api-port", $"{Ports.Free()}",
        ])
    {
        WorkingDirectory = Path.Combine(Root, "data"),
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
