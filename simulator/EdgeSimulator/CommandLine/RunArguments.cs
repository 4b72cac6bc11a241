using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeSimulator.ModelFiles;
using EdgeSimulator.Tours;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary>The options of <c>run</c>, from the command line to <see cref="RunOptions"/>.</summary>
public sealed class RunArguments
{
    private const double LongestSeconds = 365 * 86_400;

    private readonly Option<string?> _manifest = Text(
        "--manifest", "FILE", "Deployment template or manifest [default: deployment.template.json here or above]");

    private readonly Option<string[]?> _layers = LayersOption();
    private readonly Option<string?> _environment = Text("--env", "FILE", "Values for ${NAME} in the manifest [default: .env beside it, else at the root]");
    private readonly Option<string?> _data = Text("--data", "FILE.csv", "Replay this CSV file");
    private readonly Option<double?> _speed = Parsed("--speed", "N|max", "Times real time; max is as fast as the hub takes it", Speed);
    private readonly Option<int?> _devices = Parsed(
        "--devices", "N", "Make up the readings of so many sensors", result => (int?)Number(result, 1, 1_000_000, whole: true));

    private readonly Option<TimeSpan?> _duration = Parsed("--duration", "SECONDS", "End after so many seconds", result => Seconds(result, 0.1, LongestSeconds));
    private readonly Option<string?> _report = Text("--report", "FILE.json", "Write the report as JSON");
    private readonly Option<string?> _state = Text(
        "--state", "DIR", "Keep the state here and use it again [default: a fresh directory under .edgesimulator]");

    private readonly Option<int> _hubPort = Port("--hub-port", 8883, "Port of MQTT over TLS");
    private readonly Option<int> _httpsPort = Port("--https-port", 8443, "Port of module-to-module methods over HTTPS");

    private readonly Option<int> _metricsPort = new("--metrics-port")
    {
        Description = "Port of edgeHub's metrics page; 0: none",
        HelpName = "PORT",
        DefaultValueFactory = _ => RunOptions.DefaultMetricsPort,
        CustomParser = result => (int)(Number(result, 0, 65_535, whole: true) ?? 0),
    };

    private readonly Option<int?> _modelsPort = Parsed<int?>(
        "--models-port",
        "PORT",
        $"Port of the models over HTTPS; 0: any free one [default: {ModelServer.UsualPort}, or any when that is taken]",
        result => (int?)Number(result, 0, 65_535, whole: true));

    private readonly UpstreamArguments _upstream = new();
    private readonly Option<string?> _only = Text("--only", "hub", "hub: start no module, and tell how to connect one");
    private readonly Option<string?> _tour = Text(
        "--tour", TourScript.Name, $"Play a story on sensors of its own, and end with it; {TourScript.Name}: the swap of a model, in some minutes");

    private readonly Option<string?> _epoch = Parsed("--epoch", "TIME", "First timestamp of the data: Unix milliseconds or ISO 8601", Epoch);
    private readonly Option<TimeSpan?> _backoff = Parsed(
        "--restart-backoff", "SECONDS", "First wait before a module is restarted [default: 10, as edgeAgent]", result => Seconds(result, 0, 300));

    private readonly Option<string[]?> _set = new("--set")
    {
        Description = "A desired property over that of the manifest; may be repeated",
        HelpName = "MODULE.path=value",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show what the hub does, and debug lines of the modules" };

    public RunArguments()
    {
        _only.AcceptOnlyFromAmong("hub");
        _tour.AcceptOnlyFromAmong(TourScript.Name);
    }

    /// <summary>Shared by all verbs.</summary>
    public Option<int> ApiPort { get; } = Port("--api-port", RunOptions.DefaultApiPort, "Port of the control API");

    public IEnumerable<Option> All =>
        [
            _manifest, _layers, _environment, _data, _speed, _devices, _duration, _report, _state, _hubPort, _httpsPort, ApiPort, _metricsPort, _modelsPort,
            .. _upstream.All, _only, _tour, _epoch, _backoff, _set, _verbose,
        ];

    public RunOptions Read(ParseResult result) => _upstream.AddTo(ReadOwn(result), result);

    private RunOptions ReadOwn(ParseResult result) => new()
    {
        Manifest = result.GetValue(_manifest),
        Layers = result.GetValue(_layers) ?? [],
        EnvironmentFile = result.GetValue(_environment),
        Data = result.GetValue(_data),
        Speed = result.GetValue(_speed),
        Devices = result.GetValue(_devices),
        Duration = result.GetValue(_duration),
        Report = result.GetValue(_report),
        State = result.GetValue(_state),
        HubPort = result.GetValue(_hubPort),
        HttpsPort = result.GetValue(_httpsPort),
        ApiPort = result.GetValue(ApiPort),
        MetricsPort = result.GetValue(_metricsPort),
        ModelsPort = result.GetValue(_modelsPort),
        HubOnly = result.GetValue(_only) is not null,
        Tour = result.GetValue(_tour) is not null,
        Epoch = result.GetValue(_epoch),
        RestartBackoff = result.GetValue(_backoff) ?? TimeSpan.FromSeconds(10),
        Set = result.GetValue(_set) ?? [],
        Verbose = result.GetValue(_verbose),
    };

    private static double? Speed(ArgumentResult result) => result.Tokens[^1].Value == "max" ? 0 : Number(result, 0.001, 1_000_000, whole: false, "or max");

    private static string? Epoch(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (long.TryParse(text, CultureInfo.InvariantCulture, out _)) return text;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)) return text;
        result.AddError($"{NameOf(result)} is \"{text}\"; it must be Unix milliseconds or an ISO 8601 time.");
        return null;
    }
}
