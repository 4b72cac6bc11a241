using EdgeModules.Testing.Crashing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests.Plain;

/// <summary>A step of a run, with all times and values fixed, so that a run without some of its steps is a run too.</summary>
internal abstract record ScriptStep
{
    /// <summary>A message of readings or scores, until it is acknowledged.</summary>
    public sealed record Deliver(PlainStep Message) : ScriptStep;

    public sealed record Call(PlainStep Method) : ScriptStep;

    public sealed record Configure(JObject Desired) : ScriptStep;

    public sealed record Advance(double Seconds) : ScriptStep;

    public sealed record Kill : ScriptStep;

    /// <summary>The process is killed when it gets there.</summary>
    public sealed record CrashAt(Crash Crash) : ScriptStep;
}

/// <summary>Runs made up from a seed: readings of four devices in two zones with repeats, late ones and clocks that jump, scores, silences, settings, kills.</summary>
internal sealed class AlertScript
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Devices = ["a", "b", "c", "d"];

    private readonly Random _random;
    private readonly Kind _kind;
    private readonly Dictionary<string, long> _newest = [];
    private readonly Dictionary<string, int> _setBack = [];
    private readonly List<ScriptStep> _steps = [];
    private readonly AlertScriptSettings _settings;
    private double _clock;
    private long _lastScore;

    private enum Kind
    {
        /// <summary>Event time has nothing to do with the clock.</summary>
        Ageless,

        /// <summary>Readings are fresh, as a rule.</summary>
        Live,

        /// <summary>The gateway's clock is an hour off.</summary>
        WrongClock,
    }

    private AlertScript(int seed)
    {
        _random = new Random(seed);
        _kind = (Kind)(seed % 3);
        _settings = new AlertScriptSettings(_random, maxAgeSeconds: _kind == Kind.Ageless ? 0 : 60);
        _lastScore = Now;
    }

    public static IReadOnlyList<ScriptStep> Of(int seed, int steps)
    {
        var script = new AlertScript(seed);
        script._steps.Add(new ScriptStep.Configure(script._settings.Desired()));
        for (var i = 0; i < steps; i++) script.AddStep();
        return script._steps;
    }

    private void AddStep()
    {
        switch (_random.Next(20))
        {
            case 0:
                _settings.Change();
                _steps.Add(new ScriptStep.Configure(_settings.Desired()));
                break;
            case 1:
                _steps.Add(new ScriptStep.Kill());
                break;
            case 2 or 3 or 4:
                _steps.Add(new ScriptStep.CrashAt(new Crash(Pick(Enum.GetValues<CrashPoint>()), _random.Next(1, 4), Pick(0.5, 1.0))));
                break;
            case 5:
                _steps.Add(new ScriptStep.Call(Method()));
                break;
            case 6 or 7:
                _steps.Add(new ScriptStep.Deliver(new PlainStep.Scores([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Score())])));
                break;
            case 8:
                Advance(Pick(20, 45, 61, 130));
                break;
            case 9 or 10 or 11:
                Advance(_random.Next(1, 40) / 4.0);
                break;
            default:
                _steps.Add(new ScriptStep.Deliver(new PlainStep.Readings([.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Reading())])));
                break;
        }
    }

    private void Advance(double seconds)
    {
        _clock += seconds;
        _steps.Add(new ScriptStep.Advance(seconds));
    }

    private PlainStep Method()
    {
        var device = _random.Next(3) == 0 ? null : Pick(["hall", .. Devices]);
        var rule = device is not null && _random.Next(2) == 0 ? null : Pick(AlertScriptSettings.Ids);
        return _random.Next(2) == 0 ? new PlainStep.Acknowledge(device, rule) : new PlainStep.Silence(device, rule, Pick(0, 5, 30, 100));
    }

    private SampleReading Reading()
    {
        var device = Pick(Devices);
        var zone = _random.Next(12) == 0 ? Pick("hall", "yard", null) : device == "d" ? "yard" : "hall";
        // Quarters add up exactly in any order.
        var temperature = _random.Next(6) == 0 ? _random.Next(-12, 24) : _random.Next(120, 192);
        return new SampleReading(device, zone, TimeOf(device), _random.Next(8) == 0 ? null : temperature / 4.0, _random.Next(4) == 0 ? null : _random.Next(200, 280) / 4.0) is var reading
            && reading is { Temperature: null, Vibration: null } ? reading with { Vibration = 10 } : reading;
    }

    private SampleScore Score()
    {
        _lastScore = _random.Next(8) == 0 ? _lastScore - _random.Next(0, 3000) : Math.Max(_lastScore, Now) + _random.Next(1, 3000);
        return new SampleScore(Pick("a", "b"), Pick("m1", "m1", "m2"), _lastScore, _random.Next(8, 20) / 20.0);
    }

    private long Now => Start.ToUnixTimeMilliseconds() + (long)(_clock * 1000) + (_kind == Kind.WrongClock ? 3_600_000 : 0);

    private long TimeOf(string device)
    {
        var newest = _newest.GetValueOrDefault(device, Now);
        var left = _setBack.GetValueOrDefault(device);
        long at;
        if (left > 0)
        {
            _setBack[device] = left - 1;
            at = newest + _random.Next(1, 3000);
        }
        else
        {
            switch (_random.Next(20))
            {
                case 0:
                    at = newest;
                    break;
                case 1 or 2:
                    return newest - _random.Next(1, 8000);
                case 3:
                    at = newest - _random.Next(61_000, 200_000);
                    _setBack[device] = _random.Next(1, 4);
                    break;
                case 4:
                    return _kind == Kind.Ageless ? newest + 1 : Now + _random.Next(61_000, 300_000);
                case 5:
                    at = newest + _random.Next(20_000, 70_000);
                    break;
                default:
                    at = _kind == Kind.Ageless ? newest + _random.Next(1, 36) * 250 : Now - _random.Next(0, 4000);
                    break;
            }
        }

        return _newest[device] = at;
    }

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];
}
