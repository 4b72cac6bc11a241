using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeSimulator.Hub;
using EdgeSimulator.Upstream;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary>The options of <c>run</c> that make the way to the cloud a bad one.</summary>
internal sealed class UpstreamArguments
{
    private const double LongestSeconds = 365 * 86_400;
    private const double ShortestTurn = 0.5;
    private const double LongestTurn = 86_400;

    private readonly Option<OfflinePeriod[]?> _offline = Parsed("--offline", "A-B", "Cut the cloud off from second A to second B; may be repeated", Offline);
    private readonly Option<Flapping?> _flap = Parsed(
        "--flap", "UP/DOWN", "Let the cloud be reached for UP seconds and not for DOWN, again and again, like 2/3", Flap);

    private readonly Option<double?> _latency = Parsed("--latency", "MS", "Each call to the cloud takes so much longer", Latency);
    private readonly Option<double?> _loss = Parsed("--loss", "PERCENT", "So many of the calls to the cloud fail; edgeHub tries them again", Loss);
    private readonly Option<int> _seed = Whole("--seed", "Decides which of them fail", 1, 0, int.MaxValue);
    private readonly Option<int?> _probePort = Parsed<int?>(
        "--probe-port",
        "PORT",
        $"Port over HTTPS that answers as the cloud does; 0: any free one [default: {ProbeTarget.UsualPort}, or any when that is taken]",
        result => (int?)Number(result, 0, 65_535, whole: true));

    public UpstreamArguments() => _offline.Arity = ArgumentArity.OneOrMore;

    public IEnumerable<Option> All => [_offline, _flap, _latency, _loss, _seed, _probePort];

    public RunOptions AddTo(RunOptions options, ParseResult result) => options with
    {
        Offline = result.GetValue(_offline) ?? [],
        Flap = result.GetValue(_flap),
        Quality = new UpstreamQuality(TimeSpan.FromMilliseconds(result.GetValue(_latency) ?? 0), result.GetValue(_loss) ?? 0),
        Seed = result.GetValue(_seed),
        ProbePort = result.GetValue(_probePort),
    };

    public static double? Latency(ArgumentResult result) => Number(result, 0, UpstreamQuality.MostLatencyMs, whole: false);

    public static double? Loss(ArgumentResult result) => Number(result, 0, 100, whole: false);

    private static Flapping? Flap(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Pair(text, '/') is (>= ShortestTurn and <= LongestTurn, >= ShortestTurn and <= LongestTurn) pair)
            return new Flapping(TimeSpan.FromSeconds(pair.First), TimeSpan.FromSeconds(pair.Second));
        result.AddError(FormattableString.Invariant(
            $"{NameOf(result)} is \"{text}\"; it must be two numbers of seconds, each from {ShortestTurn} to {LongestTurn:0}, like 2/3."));
        return null;
    }

    private static OfflinePeriod[] Offline(ArgumentResult result)
    {
        var periods = new List<OfflinePeriod>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (Pair(text, '-') is { } pair && pair.First < pair.Second && pair.Second <= LongestSeconds)
                periods.Add(new OfflinePeriod(TimeSpan.FromSeconds(pair.First), TimeSpan.FromSeconds(pair.Second)));
            else
                result.AddError($"{NameOf(result)} is \"{text}\"; it must be two seconds of the run, the lower one first, like 10-30.");
        }

        return [.. periods];
    }

    private static (double First, double Second)? Pair(string text, char between) =>
        text.Split(between) is [var first, var second]
        && double.TryParse(first, CultureInfo.InvariantCulture, out var from)
        && double.TryParse(second, CultureInfo.InvariantCulture, out var to)
            ? (from, to)
            : null;
}
