using EdgeModules.Alerting.Machine;
using EdgeModules.Alerting.Rules;
using EdgeModules.Messages;

namespace EdgeModules.Alerting.Tests;

/// <summary>An engine with its settings, fed by seconds since a fixed time; what it told, in short: <c>raised critical temperatureHigh/press-1 46</c>.</summary>
internal sealed class EngineRig(AlertSettings? settings = null)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly long T0 = Start.ToUnixTimeMilliseconds();

    private readonly List<byte[]> _journal = [];

    public AlertEngine Engine { get; private set; } = new();

    public AlertSettings Settings { get; set; } = settings ?? new();

    public double Clock { get; set; }

    public IReadOnlyList<AlertEvent> Last { get; private set; } = [];

    public AlertTally Tally { get; private set; }

    public string[] Temperature(double seconds, double value, ReadingAge age = default) => Read("press-1", null, seconds, age, ("temperature", value));

    public string[] Read(string device, string? zone, double seconds, params (string Name, double Value)[] metrics) => Read(device, zone, seconds, default, metrics);

    public string[] Read(string device, string? zone, double seconds, ReadingAge age, params (string Name, double Value)[] metrics) => Call(() =>
    {
        var values = metrics.Select(metric => new MetricValue(metric.Name, metric.Value)).ToArray();
        Engine.OnReading(new Reading(device, zone, T0 + (long)(seconds * 1000), 0, values.Length, 0, 0), values, age);
    });

    public string[] Score(double seconds, double score, string? model = null) =>
        Call(() => Engine.OnScore("press-1", null, model, T0 + (long)(seconds * 1000), score, default));

    public string[] Tick(double clock)
    {
        Clock = clock;
        return Call(Engine.OnTick);
    }

    public string[] Call(Action action)
    {
        Engine.Begin(Start.AddSeconds(Clock), Settings);
        action();
        Last = [.. Engine.Events];
        Tally = Engine.Tally;
        _journal.Add(Engine.Change.ToArray());
        return [.. Last.Select(Short)];
    }

    /// <summary>As after kill -9: a new engine on what was saved, from the journal or from a snapshot.</summary>
    public void Restart(bool fromSnapshot)
    {
        if (fromSnapshot)
        {
            var parts = Engine.WriteAll().Select(part => part.ToArray()).ToList();
            _journal.Clear();
            _journal.AddRange(parts);
        }

        Engine = new AlertEngine();
        foreach (var change in _journal) Engine.Apply(change);
        Engine.Restored(Start.AddSeconds(Clock));
        // As settings of a new process would be: equal, and another record.
        Settings = Settings with { MaxDevices = Settings.MaxDevices };
    }

    public static AlertSettings Only(ThresholdRule rule, int maxCriticalPerMinute = 1000) => new()
    {
        Rules = Without(ThresholdRule.Defaults.Keys, id => new ThresholdRule { Enabled = false }, ("hot", rule)),
        ZoneRules = new Dictionary<string, ZoneRule> { ["overheat"] = new() { Enabled = false } },
        MaxCriticalPerMinute = maxCriticalPerMinute,
    };

    public static ThresholdRule Hot { get; } = new() { Metric = "temperature", Warning = 35, Critical = 45 };

    private static Dictionary<string, T> Without<T>(IEnumerable<string> ids, Func<string, T> off, params (string Id, T Rule)[] rules)
    {
        var all = ids.ToDictionary(id => id, off);
        foreach (var (id, rule) in rules) all[id] = rule;
        return all;
    }

    public static string Short(AlertEvent told) =>
        $"{(told.Notice.Tells ? "" : "(untold) ")}{AlertEvent.StateName(told.Notice.State)} {told.Notice.Severity.ToString().ToLowerInvariant()}"
        + $"{(told.Notice.SuppressedRepeats > 0 ? $" after {told.Notice.SuppressedRepeats}" : "")}{(told.Notice.IsBackfill ? " backfill" : "")}{(told.Notice.Acts ? " acts" : "")}";
}
