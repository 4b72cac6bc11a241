using EdgeModules.Alerting.State;
using EdgeModules.Messages;

namespace EdgeModules.Alerting.Machine;

/// <summary>All rules over all devices and zones: readings, scores and the clock in, notices out. No I/O and no clock of its own.</summary>
internal sealed partial class AlertEngine
{
    private readonly DeviceTable<DeviceWatch> _devices = new();
    private readonly Dictionary<string, ZoneWatch> _zones = [];
    private readonly Dictionary<(string Rule, string Subject, bool IsZone), Alarm> _alarms = [];
    private readonly Dictionary<string, int> _metrics = [];
    private readonly List<Silence> _silences = [];
    private readonly List<AlertEvent> _events = [];
    private readonly AlertRecord _record = new();
    private RuleSet _rules = new(new AlertSettings());
    private int[] _zoneMetricNumbers = [];
    private AlertTally _tally;
    private bool _hasRules;
    private bool _hasOrphans;
    private bool _isClockWritten;
    private int _nextNumber;

    // Null when an alarm may have begun or ended since it was counted.
    private int? _activeCount;
    private long _now;
    private long _started = long.MinValue;

    /// <summary>What the call since <see cref="Begin"/> has to tell.</summary>
    public IReadOnlyList<AlertEvent> Events => _events;

    /// <summary>What the call changed.</summary>
    public ReadOnlyMemory<byte> Change => _record.Written;

    public AlertTally Tally => _tally;

    /// <summary>Alarms may have lost their rule or device: a call is due, whatever the time.</summary>
    public bool HasOrphans => _hasOrphans;

    public bool WatchesSilence => _rules.Silences.Length > 0;

    public IEnumerable<Alarm> Active => _alarms.Values.Where(alarm => alarm.IsActive);

    /// <remarks>Asked after each message.</remarks>
    public int ActiveCount => _activeCount ??= _alarms.Values.Count(alarm => alarm.IsActive);

    /// <summary>Starts a call. What the former one had to tell is forgotten.</summary>
    public void Begin(DateTimeOffset now, AlertSettings settings)
    {
        SetClock(now);
        _events.Clear();
        _record.Clear();
        (_tally, _isClockWritten) = (default, false);
        SetRules(settings);
        if (_hasOrphans) EndOrphans();
    }

    /// <summary>From here on these settings hold; what they end is told with the next call.</summary>
    public void SetRules(AlertSettings settings)
    {
        if (_hasRules && ReferenceEquals(_rules.Settings, settings)) return;
        (_rules, _hasRules, _hasOrphans) = (new RuleSet(settings), true, true);
        _zoneMetricNumbers = [.. _rules.ZoneMetrics.Select(NumberOf)];
        if (_devices.Count > settings.MaxDevices) _hasOrphans = true;
    }

    /// <param name="metrics">Those of <paramref name="reading"/>.</param>
    public void OnReading(in Reading reading, ReadOnlySpan<MetricValue> metrics, ReadingAge age)
    {
        var device = See(reading.DeviceId, reading.Zone);
        switch (device.Order.See(reading.Timestamp))
        {
            case ReadingOrder.Duplicate:
                _tally.Duplicate++;
                WriteClock();
                _record.Arrival(device.Number);
                return;
            case ReadingOrder.Late:
                _tally.Late++;
                WriteClock();
                _record.Late(device.Number, reading.Timestamp);
                return;
            case ReadingOrder.ClockReset:
                _tally.ClockResets++;
                device.Zone?.Forget();
                break;
        }

        _tally.Evaluated++;
        WriteClock();
        var thresholds = device.Thresholds;
        for (var i = 0; i < thresholds.Length; i++)
        {
            ref var slot = ref thresholds[i];
            if (!TryFind(metrics, slot.Rule.Metric, out var value)) continue;
            var level = slot.Rule.LevelOf(value, slot.Alarm?.Memory.Severity ?? Severity.None);
            if (level == Severity.None && slot.Alarm is null) continue;
            slot.Alarm ??= Obtain(slot.Rule.Id, device.Id, isZone: false);
            Look(slot.Rule, slot.Alarm, new Observation(reading.Timestamp, level, age.IsOld, false), value, device.ZoneName, age.IsClockSuspect);
        }

        EvaluateZone(device, reading.Timestamp, metrics, age);
    }

    /// <summary>The condition of <paramref name="rule"/> is looked at once more; what comes of it is told and saved.</summary>
    private void Look(
        AlarmRule rule, Alarm alarm, Observation seen, double value, string? zone, bool isClockSuspect, IReadOnlyList<double>? conditions = null)
    {
        if (_silences.Count > 0) seen = seen with { IsSilenced = IsSilenced(rule.Id, alarm.Subject) };
        var step = alarm.Step(seen, rule, _rules.Settings.MaxCriticalPerMinute);
        switch (step.Held)
        {
            case Hold.Cooldown:
                _tally.HeldByCooldown++;
                break;
            case Hold.Silenced:
                _tally.HeldBySilence++;
                break;
            case Hold.CriticalRate:
                _tally.HeldByCriticalRate++;
                break;
        }

        if (step.Changed)
        {
            _record.Alarm(alarm);
            _activeCount = null;
        }

        if (step.Notice is { } notice)
            _events.Add(new AlertEvent(rule, alarm.Subject, alarm.IsZone, zone, notice, seen.At, value, isClockSuspect, alarm.Memory.IsAcknowledged, conditions));
    }

    private bool IsSilenced(string rule, string subject)
    {
        foreach (var silence in _silences)
        {
            if (silence.Until > _now && silence.Covers(rule, subject)) return true;
        }

        return false;
    }

    private static bool TryFind(ReadOnlySpan<MetricValue> metrics, string name, out double value)
    {
        foreach (ref readonly var metric in metrics)
        {
            if (!ReferenceEquals(metric.Name, name) && metric.Name != name) continue;
            value = metric.Value;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Something of the device arrived.</summary>
    private DeviceWatch See(string deviceId, string? zone)
    {
        if (!_devices.TrySee(deviceId, out var device))
        {
            device = new DeviceWatch(_nextNumber++, deviceId) { ZoneName = zone };
            _devices.Add(deviceId, device, int.MaxValue);
            if (zone is not null) EnterZone(device, zone);
            WriteClock();
            _record.Device(device);
            Evict();
        }
        else if (zone is not null && !ReferenceEquals(zone, device.ZoneName) && zone != device.ZoneName)
        {
            LeaveZone(device);
            EnterZone(device, zone);
            device.ResolvedFor = null;
            WriteClock();
            _record.Device(device);
            if (_rules.NamesZones) EndOrphans();
        }

        if (!ReferenceEquals(device.ResolvedFor, _rules)) Resolve(device);
        device.Arrival = _now;
        for (var i = 0; i < device.Silences.Length; i++)
        {
            if (device.Silences[i].Alarm is not { IsActive: true } alarm) continue;
            Look(device.Silences[i].Rule, alarm, new Observation(_now, Severity.None, false, false), 0, device.ZoneName, false);
        }

        return device;
    }

    private void Resolve(DeviceWatch device)
    {
        device.ResolvedFor = _rules;
        device.Thresholds = Slots(_rules.Thresholds);
        device.Silences = Slots(_rules.Silences);

        RuleSlot[] Slots(AlarmRule[] rules) =>
        [
            .. from rule in rules
               where rule.CoversDevice(device.Id, device.ZoneName)
               select new RuleSlot(rule, _alarms.GetValueOrDefault((rule.Id, device.Id, false))),
        ];
    }

    private Alarm Obtain(string rule, string subject, bool isZone)
    {
        var key = (rule, subject, isZone);
        if (!_alarms.TryGetValue(key, out var alarm)) _alarms.Add(key, alarm = new Alarm(rule, subject, isZone));
        return alarm;
    }

    private void WriteClock()
    {
        if (_isClockWritten) return;
        _isClockWritten = true;
        _record.Clock(_now);
    }

    private int NumberOf(string metric)
    {
        if (_metrics.TryGetValue(metric, out var number)) return number;
        _metrics.Add(metric, number = _metrics.Count);
        return number;
    }
}
