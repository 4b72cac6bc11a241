using System.Security.Cryptography.X509Certificates;
using EdgeSimulator.Agent;
using EdgeSimulator.Alarms;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Control;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Security;
using EdgeSimulator.Manifests;
using EdgeSimulator.ModelFiles;
using EdgeSimulator.Processes;
using EdgeSimulator.Reporting;
using EdgeSimulator.Scoring;
using EdgeSimulator.Terminals;
using EdgeSimulator.Tours;
using EdgeSimulator.Upstream;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Running;

public delegate IEdgeHub HubFactory(HubOptions options, TimeProvider clock, ILoggerFactory loggers);

/// <summary>The verb <c>run</c>: puts the parts together, and takes them apart in the right order.</summary>
public sealed class SimulatorRun(Terminal terminal, HubFactory createHub, TimeProvider clock)
{
    private const string IotHubHostName = "simulator.azure-devices.net";
    private const string GatewayHostName = "localhost";
    private const string DeviceId = "edge-simulator";
    private const string ModelsFolder = "models";
    private const string TourFolder = "tour";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <exception cref="SimulatorException">The run cannot start, or a source cannot go on.</exception>
    public async Task<int> RunAsync(RunOptions options)
    {
        if (options.Tour) options = TourScript.OptionsOf(options);
        var reportFile = options.Report is null ? null : ReportFile.Check(options.Report);
        var workspace = Workspace.Find(options.Manifest, options.EnvironmentFile, Environment.CurrentDirectory);
        var variables = workspace.Variables();
        var manifest = ManifestReader.Read(workspace.Manifest, OptionParsing.Paths(options.Layers, Environment.CurrentDirectory), variables);
        foreach (var warning in manifest.Warnings) terminal.Warning(warning);
        var twins = TwinOverrides.Apply(manifest, options, Environment.CurrentDirectory);
        var assemblies = options.HubOnly ? new Dictionary<string, string>() : FindAssemblies(manifest, new ModuleImages(workspace.Root, variables));

        using var directory = options.State is { } state
            ? RunDirectory.Open(Path.GetFullPath(state))
            : RunDirectory.CreateFresh(workspace.Root, clock.GetUtcNow());
        if (options.Tour) TourScript.CheckState(directory.FullPath);
        var files = new RunFiles(directory.FullPath, directory.CloudFile, clock);
        using var hubLog = new LogFile(Path.Combine(directory.FullPath, "logs", "edgeHub.log"));
        var shown = options.Verbose ? LogLevel.Debug : LogLevel.Warning;
        using var logProvider = new FileLoggerProvider(hubLog, terminal, "edgeHub", shown, clock);
        using var loggers = LoggerFactory.Create(
            logging => logging.AddProvider(logProvider).SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information));
        using var signals = new StopSignals(terminal);
        if (options is { Tour: true, Verbose: false }) terminal.LeastSevereLog = TourScript.LeastSevereLog;

        await using var hub = createHub(
            new HubOptions(
                IotHubHostName,
                GatewayHostName,
                DeviceId,
                options.HubPort,
                directory.FullPath,
                directory.CloudFile,
                manifest.Hub.Environment,
                twins[HubTwin.Name],
                twins.Where(twin => twin.Key != HubTwin.Name).ToDictionary())
            {
                HttpsPort = options.HttpsPort,
                MetricsPort = options.MetricsPort == 0 ? null : options.MetricsPort,
                Upstream = new UpstreamStart(OutagePlan.StartsOnline(options), options.Quality, options.Seed),
            },
            clock,
            loggers);
        using var sources = new SourceWatch(hub, clock);
        using var alarms = new AlarmWatch(hub, clock);
        using var scores = new ScoreWatch(hub, LabelFile.Find(twins.GetValueOrDefault(TwinOverrides.Source), workspace.Root));
        using var span = new DataSpan(hub);
        await hub.StartAsync(signals.Interrupt);
        var before = hub.GetStatus();
        using var certificates = HubCertificates.LoadOrCreate(Path.Combine(directory.FullPath, HubCertificates.FileName), GatewayHostName, clock.GetUtcNow());
        await using var models = await StartModelServerAsync(options, workspace, directory, certificates.Server, signals.Interrupt);
        await using var probe = await ProbeTarget.StartAsync(options.ProbePort, certificates.Server, hub, options.Seed, clock, signals.Interrupt);
        probe.Tell(hub, twins);
        var credentials = new ModuleCredentials(hub, manifest, directory.FullPath, IotHubHostName, GatewayHostName, options.HubPort, options.HttpsPort);
        var modules = manifest.Modules.Select(module => module.Name).ToList();
        SimulatorControl Control(IModuleFleet? fleet) => new(hub, modules, fleet, files, credentials, terminal.Warning, clock);
        if (options.HubOnly) return await RunHubOnlyAsync(options, modules, hub, Control(fleet: null), credentials, signals.Interrupt);

        var launcher = ChildLauncher.Create();
        if (launcher.Limit is { } limit) terminal.Warning(limit);
        var plan = new AgentPlan(
            manifest,
            assemblies,
            workspace.Root,
            directory.FullPath,
            IotHubHostName,
            GatewayHostName,
            options.HubPort,
            options.HttpsPort,
            options.RestartBackoff,
            options.Verbose ? "debug" : "info");
        await using var agent = new EdgeAgent(plan, hub, launcher, terminal, clock);
        await using var api = await ControlApi.StartAsync(options.ApiPort, Control(agent), clock, signals.Interrupt);

        terminal.Line($"{workspace.Manifest}; state, logs and cloud.jsonl in {directory.FullPath}");
        var starting = string.Join(", ", agent.States.Select(module => module.Name));
        terminal.Line($"edgeHub on port {options.HubPort}, control API on port {options.ApiPort}; starting {starting}.");
        var shipped = Path.Combine(workspace.Root, ModelsFolder);
        terminal.Line($"Models of {shipped} at {models.AddressOf(ModelsFolder, "NAME.onnx")}, for the candidate.url of a swap.");
        foreach (var module in TwinOverrides.Ageless(manifest, options, twins))
            terminal.Line($"The source plays faster than life, so {module} does not compare timestamps with the clock (maxAgeSeconds is 0).");
        if (Packing.Describe(options, manifest.Twins, twins) is { } packing) terminal.Line(packing);
        terminal.Line($"The cloud, for who looks whether it can be reached, at {probe.Address}.");
        if (options.Flap is { } flap)
            terminal.Line($"The cloud can be reached for {flap.Up.TotalSeconds:0.###} s and not for {flap.Down.TotalSeconds:0.###} s, by turns.");
        using var storyEnds = CancellationTokenSource.CreateLinkedTokenSource(signals.Interrupt);
        using var tour = options.Tour ? CreateTour(hub, Control(agent), models, workspace, directory) : null;
        agent.Start();
        var story = tour?.RunAsync(storyEnds.Token);
        var ledgers = new LedgerReader(hub);
        var loop = new RunLoop(hub, agent, sources, ledgers, options, terminal, clock, story);
        var end = await loop.RunAsync(signals.Interrupt);
        await storyEnds.CancelAsync();
        var told = story is null ? null : await story;
        if (end.Reason == RunEndReason.SourceFailed) throw new SimulatorException(end.Message);
        terminal.Line(end.Message);

        var shutdown = new Shutdown(hub, agent, sources, ledgers, manifest.Hub.Environment.MessageAckTimeout, terminal, clock);
        var books = await shutdown.StopAsync(end, CancellationToken.None);
        var report = RunReport.Create(loop.Elapsed, books, sources.Sources, Processes(agent), alarms.Report(), scores.Report(modules)) with
        {
            Tour = told?.WithBooks(books.Ledgers), Uplink = UplinkReport.Of(before, books.Hub, span.Measure()),
        };
        ReportView.Show(report, terminal);
        if (options.State is not null) terminal.Plain($"All counts are since {directory.FullPath} was made.");
        if (reportFile is not null) report.Write(reportFile);
        var failed = agent.States.Where(module => module.Status == ModuleRuntimeStatus.Failed).Select(module => module.Name).ToList();
        if (failed.Count > 0) terminal.Error($"Failed, and not restarted any more: {string.Join(", ", failed)}.");
        return report.UnaccountedReadings == 0 && report.Tour?.WentAsTold != false && failed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private Task<ModelServer> StartModelServerAsync(
        RunOptions options, Workspace workspace, RunDirectory directory, X509Certificate2 certificate, CancellationToken cancellation)
    {
        var folders = new Dictionary<string, string>
        {
            [ModelsFolder] = Path.Combine(workspace.Root, ModelsFolder), [TourFolder] = Path.Combine(directory.FullPath, TourFolder),
        };
        return ModelServer.StartAsync(options.ModelsPort, certificate, folders, line => terminal.Line("modelServer", line), cancellation);
    }

    private ShadowTour CreateTour(IEdgeHub hub, SimulatorControl control, ModelServer models, Workspace workspace, RunDirectory directory)
    {
        var made = TourModels.Make(
            Path.Combine(workspace.Root, ModelsFolder),
            Path.Combine(directory.FullPath, TourFolder),
            (file, isMade) => models.AddressOf(isMade ? TourFolder : ModelsFolder, file));
        return new ShadowTour(hub, control, made, terminal, clock);
    }

    private static Dictionary<string, string> FindAssemblies(DeploymentManifest manifest, ModuleImages images)
    {
        var build = BuildOutput.Of(AppContext.BaseDirectory);
        return manifest.Modules
            .Where(module => module.Status == ModuleStatus.Running)
            .ToDictionary(module => module.Name, module => build.AssemblyOf(module, images.Resolve(module)));
    }

    private static List<ProcessReport> Processes(EdgeAgent agent)
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        var processes = agent.States.Select(module => new ProcessReport(module.Name, module.Usage, module.Restarts)).ToList();
        processes.Add(new ProcessReport("EdgeSimulator", ProcessUsage.Of(self) ?? default, 0));
        return processes;
    }

    private async Task<int> RunHubOnlyAsync(
        RunOptions options,
        IReadOnlyList<string> modules,
        IEdgeHub hub,
        SimulatorControl control,
        ModuleCredentials credentials,
        CancellationToken interrupt)
    {
        await using var api = await ControlApi.StartAsync(options.ApiPort, control, clock, interrupt);
        terminal.Line($"edgeHub on port {options.HubPort}, control API on port {options.ApiPort}. Ctrl+C ends it. The environment of each module:");
        foreach (var module in modules)
        {
            terminal.Plain();
            terminal.Plain($"# {module}");
            foreach (var line in EnvironmentText.Exports(credentials.Of(module))) terminal.Plain(line);
        }

        var start = clock.GetTimestamp();
        var outages = new OutagePlan(hub, options.Offline, options.Flap, terminal);
        while (!interrupt.IsCancellationRequested && !(clock.GetElapsedTime(start) >= options.Duration))
        {
            outages.Apply(clock.GetElapsedTime(start));
            await Task.Delay(Tick, clock, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return ExitCodes.Done;
    }
}
