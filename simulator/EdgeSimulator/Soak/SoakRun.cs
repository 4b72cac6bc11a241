using System.Runtime.Versioning;
using EdgeModules.Messages;
using EdgeSimulator.Agent;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Manifests;
using EdgeSimulator.Processes;
using EdgeSimulator.Reporting;
using EdgeSimulator.Running;
using EdgeSimulator.Terminals;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Soak;

/// <summary>
/// The verb <c>soak</c>: faults for a while, then an ordinary <c>run</c> over the same state that ends with the data and closes the books, then a look at
/// what reached the cloud.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SoakRun(Terminal terminal, TimeProvider clock)
{
    private const int AllLogsHidden = -1;

    private const string Aggregator = "AggregatorModule";
    private const long UsualWindowSeconds = 60;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly List<string> _mistakes = [];
    private readonly Dictionary<FaultKind, int> _injected = [];

    public async Task<int> RunAsync(SoakOptions options)
    {
        var reportFile = options.Report is null ? null : ReportFile.Check(options.Report);
        var workspace = Workspace.Find(options.Manifest, environmentFile: null, Environment.CurrentDirectory);
        var manifest = ManifestReader.Read(workspace.Manifest, workspace.Variables());
        var images = new ModuleImages(workspace.Root, workspace.Variables());
        var build = BuildOutput.Of(AppContext.BaseDirectory);
        var assemblies = manifest.Modules.ToDictionary(module => module.Name, module => build.AssemblyOf(module, images.Resolve(module)));
        var state = StateOf(options, workspace);
        var arguments = options.RunArguments(workspace.Manifest, state);
        terminal.LeastSevereLog = AllLogsHidden;
        using var signals = new StopSignals(terminal);
        terminal.Line($"Seed {options.Seed}: {string.Join(", ", options.Faults.Select(FaultKinds.NameOf))}, for {options.Length.TotalMinutes:0.##} minutes at "
            + $"{options.Devices:N0} devices. State, logs and cloud.jsonl in {state}");

        var start = clock.GetTimestamp();
        RecoveryWatch watch;
        CriticalProbe probe;
        await using (var house = new SoakHouse(manifest, assemblies, workspace.Root, state, arguments, options.ApiPort, terminal, clock))
        {
            await house.StartAsync(signals.Interrupt);
            watch = new RecoveryWatch(house.Client, house.Modules, options.LongestFault < Settled ? options.LongestFault : Settled, clock);
            probe = new CriticalProbe(house.Client, clock);
            await InjectAsync(options, house, watch, probe, signals.Interrupt);
            foreach (var (module, times) in house.Crashes) _mistakes.Add($"{module} ended by itself {times} times.");
            terminal.Line("The faults are over. Everything ends in good order, and starts again for the rest of the data.");
            await house.StopAsync();
        }

        var report = await CloseBooksAsync(arguments, workspace.Root, state, options.Length, signals.Interrupt);
        var result = Judge(options, clock.GetElapsedTime(start), watch, probe, report, WindowSecondsOf(manifest), state);
        SoakView.Show(result, terminal);
        if (reportFile is not null) ReportFile.Write(reportFile, result.ToJson());
        return result.IsGood ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>As many readings as a device gives in a window, with one a second.</summary>
    private static long WindowSecondsOf(DeploymentManifest manifest) =>
        manifest.Twins.GetValueOrDefault(Aggregator)?.Value<long?>("windowSeconds") ?? UsualWindowSeconds;

    private string StateOf(SoakOptions options, Workspace workspace)
    {
        using var directory = options.State is { } named
            ? RunDirectory.Open(Path.GetFullPath(named))
            : RunDirectory.CreateFresh(workspace.Root, clock.GetUtcNow());
        if (File.Exists(directory.CloudFile))
            throw new SimulatorException($"{directory.FullPath} (--state) is of a former run; a soak begins with an empty one.");
        return directory.FullPath;
    }

    private async Task InjectAsync(SoakOptions options, SoakHouse house, RecoveryWatch watch, CriticalProbe probe, CancellationToken interrupt)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        var watching = watch.RunAsync(over.Token);
        await UntilWholeAsync(watch, "before the first fault", interrupt);
        var probing = probe.RunAsync(over.Token);
        var injector = new FaultInjector(house, clock);
        var plan = new FaultPlan(options.Seed, options.Faults, house.Modules, options.LongestFault);
        var start = clock.GetTimestamp();
        for (var number = 0; IsTime(number) && !interrupt.IsCancellationRequested; number++)
        {
            var fault = plan.Next();
            await Task.Delay(fault.Gap, clock, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!IsTime(number) || interrupt.IsCancellationRequested) break;
            await InjectAsync(fault, injector, watch, interrupt);
            if (fault.IsAlone) await UntilWholeAsync(watch, $"after {FaultKinds.NameOf(fault.Kind)}", interrupt);
        }

        await UntilWholeAsync(watch, "after the last fault", interrupt);
        await CheckTwinsAsync(injector, house, interrupt);
        await over.CancelAsync();
        await Task.WhenAll(watching, probing);

        bool IsTime(int number) => clock.GetElapsedTime(start) < options.Length || number < options.Rounds * options.Faults.Count;
    }

    private async Task InjectAsync(PlannedFault fault, FaultInjector injector, RecoveryWatch watch, CancellationToken interrupt)
    {
        var name = FaultKinds.NameOf(fault.Kind);
        var lasting = fault.Length > TimeSpan.Zero ? $", {fault.Length.TotalSeconds:0.0} s" : "";
        var onOne = fault.Kind is FaultKind.Kill or FaultKind.Pause or FaultKind.Slow or FaultKind.TwinBurst ? $" {fault.Module}" : "";
        terminal.Line($"{name}{onOne}{lasting}");
        var killedAt = clock.GetTimestamp();
        try
        {
            await injector.InjectAsync(fault, interrupt);
        }
        catch (SimulatorException error)
        {
            // The hub may still be on its way back from the fault before; what it did not take was not injected, or not whole.
            terminal.Warning($"{name} was not injected whole: {error.Message}");
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return;
        }

        _injected[fault.Kind] = _injected.GetValueOrDefault(fault.Kind) + 1;
        watch.FaultIsOver(fault.Kind, fault.Length > TimeSpan.Zero ? clock.GetTimestamp() : killedAt);
    }

    private async Task UntilWholeAsync(RecoveryWatch watch, string when, CancellationToken interrupt)
    {
        var start = clock.GetTimestamp();
        while (!(watch.IsRecovered && watch.Lack.Length == 0) && !interrupt.IsCancellationRequested)
        {
            if (clock.GetElapsedTime(start) > LongestRecovery)
            {
                _mistakes.Add($"The suite was not whole {LongestRecovery.TotalMinutes:0} minutes {when}; it lacked {watch.Lack}.");
                return;
            }

            await Task.Delay(Look, clock, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>However the patches came, the last one must be in force.</summary>
    private async Task CheckTwinsAsync(FaultInjector injector, SoakHouse house, CancellationToken interrupt)
    {
        foreach (var (module, (setting, value)) in injector.Patched)
        {
            var start = clock.GetTimestamp();
            JObject twin;
            do
            {
                await Task.Delay(Look, clock, interrupt);
                twin = await house.Client.GetTwinAsync(module, interrupt);
            }
            while (!IsInForce(twin, setting, value) && clock.GetElapsedTime(start) < LongestRecovery);

            if (!IsInForce(twin, setting, value))
                _mistakes.Add($"{module} has not taken {setting} {value} of its twin; it reports {twin["reported"]?["settings"]}.");
        }
    }

    private static bool IsInForce(JObject twin, string setting, int value) =>
        twin["reported"]?["settings"]?.Value<long>("version") == twin["desired"]!.Value<long>("$version")
        && (setting.StartsWith("x-", StringComparison.Ordinal) || twin["reported"]?[setting]?["value"]?.Value<int>() == value);

    /// <returns>The report of the run; null when it gave none.</returns>
    private async Task<JObject?> CloseBooksAsync(IReadOnlyList<string> arguments, string root, string state, TimeSpan length, CancellationToken interrupt)
    {
        var file = Path.Combine(state, "report.json");
        using var launcher = ChildLauncher.Create();
        var logFile = Path.Combine(state, "logs", "simulator.log");
        using var log = new LogFile(logFile);
        string[] command = ["exec", typeof(SoakRun).Assembly.Location, "run", .. arguments, "--report", file];
        var child = new ChildCommand(ChildLauncher.DotnetCommand, command, root, ModuleEnvironment.OfThisMachine());
        var run = new ModuleProcessStarter("simulator", child, launcher, log, terminal).Start();
        using var patience = new CancellationTokenSource(LongestEnd + length, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, interrupt);
        await ((Task)run.Exited).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!run.Exited.IsCompleted)
        {
            if (!interrupt.IsCancellationRequested) _mistakes.Add($"The run did not come to its end; {logFile} says what it waited for.");
            run.Terminate();
        }

        var exitCode = await run.Exited;
        if (exitCode is not (ExitCodes.Done or ExitCodes.Failed))
            _mistakes.Add($"The run that closes the books ended with exit code {exitCode}; see {logFile}.");
        return File.Exists(file) ? JsonText.ParseObject(await File.ReadAllBytesAsync(file, CancellationToken.None)) : null;
    }

    private SoakResult Judge(SoakOptions options, TimeSpan elapsed, RecoveryWatch watch, CriticalProbe probe, JObject? report, long windowSeconds, string state)
    {
        var aggregator = report?["modules"]?[Aggregator] as JObject;
        var cloud = new CloudCheck(mostReadings: windowSeconds);
        cloud.Read(File.ReadLines(Path.Combine(state, "cloud.jsonl")));
        if (report is null) _mistakes.Add("The run that closes the books has left no report.");
        foreach (var difference in report?["differences"] ?? new JArray()) _mistakes.Add($"Books: {difference}.");
        var losses = (report?["lost"] as JObject)?.Properties().Select(endpoint => endpoint.Value) ?? [];
        var modules = (report?["modules"] as JObject)?.Properties().Select(module => module.Value) ?? [];
        return new SoakResult(
            options,
            elapsed,
            [.. _injected.OrderBy(fault => fault.Key).Select(fault => new FaultCount(fault.Key, fault.Value, watch.TimesOf(fault.Key)))],
            report?["readings"]?.Value<long>("sent") ?? 0,
            report?["readings"]?.Value<long?>("injected") ?? 0,
            report?.Value<long>("unaccountedReadings") ?? options.Readings,
            losses.Sum(endpoint => endpoint.Value<long>("expired") + endpoint.Value<long>("dropped")),
            probe.Stored.Count,
            probe.Unanswered,
            [.. probe.Stored.Where(alarm => !cloud.HasAlarm(alarm))],
            cloud.Windows,
            Math.Abs(Accounting.ModuleLedger.Sum(aggregator?["summarized"]) - cloud.ReadingsInWindows),
            cloud.Messages,
            cloud.Repeats,
            modules.Sum(ledger => Accounting.ModuleLedger.Sum(ledger["redelivered"])),
            [.. _mistakes, .. cloud.Mistakes]);
    }
}
