using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;

namespace EdgeSimulator.Tests.CommandLine;

public sealed class SimulatorCommandLineTests : IDisposable
{
    private readonly StringWriter _errors = new();
    private readonly TestTerminal _terminal = new();
    private RunOptions? _options;

    public void Dispose()
    {
        _errors.Dispose();
        _terminal.Dispose();
    }

    [Theory]
    [InlineData]
    [InlineData("run")]
    public async Task Invoke_NoOption_RunsWithTheDefaults(params string[] arguments)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(new RunOptions(), _options! with { Offline = new RunOptions().Offline, Set = new RunOptions().Set, Layers = new RunOptions().Layers });
        Assert.Empty(_options!.Layers);
        Assert.Empty(_options!.Offline);
        Assert.Empty(_options!.Set);
    }

    [Fact]
    public async Task Invoke_EveryOptionWithoutAVerb_RunsWithThem()
    {
        Assert.Equal(0, await InvokeAsync(
            "--manifest", "m.json", "--layer", "one.json", "--layer", "two.json", "--env", "e", "--data", "d.csv", "--speed", "max", "--devices", "10", "--duration", "2.5", "--report", "r.json",
            "--offline", "10-30", "--offline", "40-50.5", "--state", "s", "--hub-port", "18883", "--https-port", "18443", "--api-port", "19580", "--models-port", "0",
            "--flap", "2/3.5", "--latency", "5000", "--loss", "12.5", "--seed", "7", "--probe-port", "0",
            "--only", "hub", "--tour", "shadow",
            "--epoch", "2026-01-31T00:00:00Z", "--restart-backoff", "0.5", "--set", "A.b=1", "--set", "A.c=-2", "--verbose"));

        Assert.Equal(
            [new OfflinePeriod(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)), new OfflinePeriod(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(50.5))],
            _options!.Offline);
        Assert.Equal(["A.b=1", "A.c=-2"], _options.Set);
        Assert.Equal(["one.json", "two.json"], _options.Layers);
        Assert.Equal(
            new RunOptions
            {
                Manifest = "m.json",
                EnvironmentFile = "e",
                Data = "d.csv",
                Speed = 0,
                Devices = 10,
                Duration = TimeSpan.FromSeconds(2.5),
                Report = "r.json",
                State = "s",
                HubPort = 18883,
                HttpsPort = 18443,
                ApiPort = 19580,
                ModelsPort = 0,
                Flap = new Flapping(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3.5)),
                Quality = new UpstreamQuality(TimeSpan.FromSeconds(5), 12.5),
                Seed = 7,
                ProbePort = 0,
                HubOnly = true,
                Tour = true,
                Epoch = "2026-01-31T00:00:00Z",
                RestartBackoff = TimeSpan.FromSeconds(0.5),
                Verbose = true,
                Offline = _options.Offline,
                Set = _options.Set,
                Layers = _options.Layers,
            },
            _options);
    }

    [Theory]
    [InlineData("--speed is \"fast\"; it must be a number from 0.001 to 1000000 or max.", "--speed", "fast")]
    [InlineData("--speed is \"0\"; it must be a number from 0.001 to 1000000 or max.", "--speed", "0")]
    [InlineData("--devices is \"1.5\"; it must be a whole number from 1 to 1000000.", "--devices", "1.5")]
    [InlineData("--hub-port is \"70000\"; it must be a whole number from 1 to 65535.", "run", "--hub-port", "70000")]
    [InlineData("--models-port is \"x\"; it must be a whole number from 0 to 65535.", "--models-port", "x")]
    [InlineData("--duration is \"NaN\"; it must be a number from 0.1 to 31536000.", "--duration", "NaN")]
    [InlineData("--offline is \"30-10\"; it must be two seconds of the run, the lower one first, like 10-30.", "--offline", "30-10")]
    [InlineData("--offline is \"x\"; it must be two seconds of the run, the lower one first, like 10-30.", "--offline", "1-2", "--offline", "x")]
    [InlineData("--flap is \"2\"; it must be two numbers of seconds, each from 0.5 to 86400, like 2/3.", "--flap", "2")]
    [InlineData("--flap is \"2/0\"; it must be two numbers of seconds, each from 0.5 to 86400, like 2/3.", "--flap", "2/0")]
    [InlineData("--latency is \"20000\"; it must be a number from 0 to 19000.", "--latency", "20000")]
    [InlineData("--loss is \"101\"; it must be a number from 0 to 100.", "--loss", "101")]
    [InlineData("--seed is \"x\"; it must be a whole number from 0 to 2147483647.", "--seed", "x")]
    [InlineData("--probe-port is \"-1\"; it must be a whole number from 0 to 65535.", "--probe-port=-1")]
    [InlineData("cloud needs latency or loss; see cloud --help.", "cloud")]
    [InlineData("MS is \"fast\"; it must be a number from 0 to 19000.", "cloud", "latency", "fast")]
    [InlineData("loss needs PERCENT; see loss --help.", "cloud", "loss")]
    [InlineData("--epoch is \"soon\"; it must be Unix milliseconds or an ISO 8601 time.", "--epoch", "soon")]
    [InlineData("Argument 'agent' not recognized. Must be one of: 'hub'", "--only", "agent")]
    [InlineData("\"--fast\" is no verb or option of run; see --help.", "--fast")]
    [InlineData("\"frob\" is no verb or option of EdgeSimulator; see --help.", "frob")]
    [InlineData("\"statsu\" is no verb or option of EdgeSimulator; did you mean status? See --help.", "statsu")]
    [InlineData("\"gte\" is no verb or option of twin; did you mean get? See --help.", "twin", "gte", "X")]
    [InlineData("\"--folow\" is no verb or option of logs; did you mean --follow? See --help.", "logs", "X", "--folow")]
    [InlineData("twin needs get or set; see twin --help.", "twin")]
    [InlineData("send needs MODULE and INPUT; see send --help.", "send")]
    [InlineData("invoke needs METHOD; see invoke --help.", "invoke", "X")]
    [InlineData("--timeout is \"4\"; it must be a whole number from 5 to 300.", "invoke", "X", "ping", "--timeout", "4")]
    [InlineData("--property is \"=v\"; it must be NAME=VALUE.", "send", "X", "y", "1", "--property", "=v")]
    [InlineData("--property names a twice.", "send", "X", "y", "1", "--property", "a=1", "--property", "a=2")]
    [InlineData("--tail is \"-1\"; it must be a whole number from 0 to 1000000.", "logs", "X", "--tail", "-1")]
    [InlineData("--count is \"0\"; it must be a whole number from 1 to 2147483647.", "monitor", "--count", "0")]
    [InlineData("The body is no JSON at line 1, byte 1; quote it for your shell, or send it as it is with --raw.", "send", "X", "y", "x")]
    [InlineData("The body is no JSON at line 1, byte 1; quote it for your shell, or send it as it is with --raw.", "send", "X", "y")]
    [InlineData("bench needs hub or latency; see bench --help.", "bench")]
    [InlineData("--rate is \"0\"; it must be a whole number from 1 to 100000.", "bench", "latency", "--rate", "0")]
    [InlineData("--array is \"1001\"; it must be a whole number from 1 to 1000.", "bench", "latency", "--array", "1001")]
    [InlineData("--devices is \"-1\"; it must be a whole number from 0 to 100000.", "bench", "latency", "--devices", "-1")]
    [InlineData("--duration is \"0.5\"; it must be a number from 1 to 3600.", "bench", "latency", "--duration", "0.5")]
    [InlineData("The report /nowhere/r.json (--report) cannot be written: its folder is absent.", "bench", "latency", "--report", "/nowhere/r.json")]
    [InlineData("--minutes is \"0\"; it must be a number from 0.1 to 10080.", "soak", "--minutes", "0")]
    [InlineData(
        "--faults has \"kil\"; it must be some of kill, killAll, killHub, killEverything, hubRestart, hubPause, pause, slow, offline, flap, latency, loss, twinBurst, duplicates, bodies.",
        "soak", "--faults", "pause,kil")]
    [InlineData("Argument 'x86' not recognized. Must be one of: 'amd64' 'arm64v8' 'arm32v7'", "genconfig", "--platform", "x86")]
    [InlineData("Argument 'xml' not recognized. Must be one of: 'text' 'json' 'sarif'", "lint", "--format", "xml")]
    [InlineData("The file absent.json is absent.", "lint", "absent.json")]
    [InlineData("\"a\" must be path=value, with a path like deadbands.temperature; in a key % . $ # and blanks are percent-encoded.", "twin", "set", "X", "a")]
    public async Task Invoke_BadArgument_IsOneLineAndExitCode2(string message, params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await InvokeAsync(arguments));
        Assert.Equal("error: " + message.Replace("EdgeSimulator;", RootName + ";", StringComparison.Ordinal), _errors.ToString().TrimEnd());
        Assert.Null(_options);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("twin", "get", "FilterModule")]
    [InlineData("twin", "set", "FilterModule", "a=1")]
    [InlineData("invoke", "FilterModule", "ping", "{\"n\":1}", "--timeout", "5", "--json")]
    [InlineData("send", "FilterModule", "readings", "[]", "--property", "a=b=c", "--property", "d=", "--raw")]
    [InlineData("offline")]
    [InlineData("online")]
    [InlineData("cloud", "latency", "5000")]
    [InlineData("cloud", "loss", "0")]
    [InlineData("monitor", "--module", "FilterModule", "--from-start", "--count", "3", "--json")]
    [InlineData("logs", "edgeHub", "--tail", "0", "-f")]
    [InlineData("start", "FilterModule")]
    [InlineData("stop", "FilterModule")]
    [InlineData("restart", "FilterModule")]
    [InlineData("credentials", "FilterModule", "--json", "--output", "x.env")]
    public async Task Invoke_VerbWithoutSimulator_IsOneLineAndExitCode2(params string[] verb)
    {
        var port = Ports.Free();
        Assert.Equal(ExitCodes.Usage, await InvokeAsync([.. verb, "--api-port", $"{port}"]));
        Assert.Equal($"error: No simulator answers on port {port}; start one with run, or name its port with --api-port.", _errors.ToString().TrimEnd());
    }

    [Theory]
    [InlineData("run", "run --devices 100 --duration 60 --offline 10-30")]
    [InlineData("status", "status --json")]
    [InlineData("twin", "twin get FilterModule")]
    [InlineData("twin get", "twin get FilterModule")]
    [InlineData("twin set", "twin set FilterModule deadbands.temperature=5")]
    [InlineData("invoke", "invoke FilterModule getLedger")]
    [InlineData("send", "send FilterModule readings '{")]
    [InlineData("offline", "offline")]
    [InlineData("online", "online")]
    [InlineData("cloud", "cloud latency 5000")]
    [InlineData("cloud latency", "cloud latency 50")]
    [InlineData("monitor", "monitor --module FilterModule")]
    [InlineData("logs", "logs FilterModule --tail 20 -f")]
    [InlineData("start", "start FilterModule")]
    [InlineData("stop", "stop FilterModule")]
    [InlineData("restart", "restart FilterModule")]
    [InlineData("credentials", "credentials FilterModule --json")]
    [InlineData("routes", "routes cases.jsonl")]
    [InlineData("bench", "bench hub")]
    [InlineData("bench hub", "bench hub --seconds 10")]
    [InlineData("bench latency", "bench latency --devices 10000 --duration 120 --report latency.json")]
    [InlineData("soak", "soak --minutes 10 --faults kill,killAll --report soak.json")]
    [InlineData("genconfig", "genconfig --manifest deployment.debug.template.json --platform arm64v8")]
    [InlineData("lint", "lint --strict --format sarif --output lint.sarif")]
    public async Task Help_OfAVerb_ExplainsItAndGivesAnExample(string verb, string example)
    {
        Assert.Equal(0, await InvokeAsync([.. verb.Split(' '), "--help"]));
        Assert.Contains($"\nExamples:\n  {RootName} ", _terminal.Text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains($"{RootName} {example}", _terminal.Text, StringComparison.Ordinal);
        Assert.Empty(_errors.ToString());
    }

    [Fact]
    public async Task Help_OfTheProgram_NamesEveryVerb()
    {
        Assert.Equal(0, await InvokeAsync("--help"));
        foreach (var verb in new[]
        {
            "run", "status", "logs", "twin", "invoke", "send", "offline", "online", "cloud", "monitor", "restart", "stop", "start", "credentials", "genconfig", "lint", "routes",
            "bench", "soak",
        })
        {
            Assert.Matches($"(?m)^  {verb} .*[a-z]", _terminal.Text);
        }
    }

    [Fact]
    public async Task Invoke_RunThatFails_BecomesAnExitCode()
    {
        Assert.Equal(ExitCodes.Usage, await InvokeAsync(_ => throw new SimulatorException("Port 1 is in use.")));
        Assert.Equal("error: Port 1 is in use.", _errors.ToString().TrimEnd());
        Assert.Equal(ExitCodes.Failed, await InvokeAsync(_ => Task.FromResult(ExitCodes.Failed)));
        Assert.Equal(ExitCodes.Interrupted, await InvokeAsync(_ => throw new OperationCanceledException()));
        Assert.Equal(ExitCodes.Internal, await InvokeAsync(_ => throw new InvalidOperationException("bug")));
    }

    /// <summary>The parser names the root after the process that hosts the tests.</summary>
    private static string RootName => System.CommandLine.RootCommand.ExecutableName;

    private Task<int> InvokeAsync(params string[] arguments) => InvokeAsync(
        options =>
        {
            _options = options;
            return Task.FromResult(0);
        },
        arguments);

    private Task<int> InvokeAsync(Func<RunOptions, Task<int>> run, params string[] arguments) =>
        new SimulatorCommandLine(_terminal.Terminal, _errors, () => new MemoryStream([]), TimeProvider.System, (options, _) => run(options)).InvokeAsync(arguments);
}
