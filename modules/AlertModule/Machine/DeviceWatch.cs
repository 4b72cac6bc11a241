using EdgeModules.Messages;

namespace EdgeModules.Alerting.Machine;

/// <summary>A rule as it applies to one device or zone. The alarm is made when its condition is first met.</summary>
internal struct RuleSlot(AlarmRule rule, Alarm? alarm)
{
    public readonly AlarmRule Rule = rule;
    public Alarm? Alarm = alarm;
}

/// <summary>What is known of one device.</summary>
/// <param name="number">Stands for the device in saved state.</param>
internal sealed class DeviceWatch(int number, string id)
{
    private double[] _values = [];
    private long[] _stamps = [];

    public int Number { get; } = number;

    public string Id { get; } = id;

    public string? ZoneName { get; set; }

    public ZoneWatch? Zone { get; set; }

    /// <summary>Clock time at which something of the device arrived last, Unix milliseconds.</summary>
    public long Arrival { get; set; }

    /// <summary>The rules that <see cref="Thresholds"/> and <see cref="Silences"/> were made for; null to make them anew.</summary>
    public RuleSet? ResolvedFor { get; set; }

    public RuleSlot[] Thresholds { get; set; } = [];

    public RuleSlot[] Silences { get; set; } = [];

    public EventOrder Order;

    /// <summary>Numbers of zone metrics are below this.</summary>
    public int ValueCount => _values.Length;

    /// <returns>The latest value of a zone metric and its timestamp; a timestamp of <see cref="long.MinValue"/> for none.</returns>
    public (double Value, long Stamp) ValueOf(int metric) => metric < _values.Length ? (_values[metric], _stamps[metric]) : (0, long.MinValue);

    public void SetValue(int metric, double value, long stamp)
    {
        if (metric >= _values.Length)
        {
            var known = _values.Length;
            Array.Resize(ref _values, metric + 1);
            Array.Resize(ref _stamps, metric + 1);
            Array.Fill(_stamps, long.MinValue, known, metric + 1 - known);
        }

        (_values[metric], _stamps[metric]) = (value, stamp);
    }
}
