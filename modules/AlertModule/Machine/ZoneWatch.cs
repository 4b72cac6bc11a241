using EdgeModules.Alerting.Rules;

namespace EdgeModules.Alerting.Machine;

/// <summary>The devices of a zone and the rules over their latest readings.</summary>
internal sealed class ZoneWatch(string name)
{
    private readonly HashSet<DeviceWatch> _members = [];
    private readonly List<LatestValues> _aggregates = [];
    private bool _isNewestUnsure;
    private long _newest = long.MinValue;

    public string Name { get; } = name;

    public int MemberCount => _members.Count;

    public RuleSet? ResolvedFor { get; private set; }

    public ZoneSlot[] Slots { get; private set; } = [];

    /// <summary>The newest timestamp of a value, Unix milliseconds.</summary>
    public long Newest
    {
        get
        {
            if (_isNewestUnsure) FindNewest();
            return _newest;
        }
    }

    public void Enter(DeviceWatch device)
    {
        _members.Add(device);
        if (device.ValueCount > 0) Forget();
    }

    public void Leave(DeviceWatch device)
    {
        _members.Remove(device);
        if (device.ValueCount > 0) Forget();
    }

    /// <summary>The values in use may be others than those that were summed.</summary>
    public void Forget()
    {
        _isNewestUnsure = true;
        foreach (var aggregate in _aggregates) aggregate.Forget();
    }

    /// <param name="numberOf">The number of a zone metric.</param>
    public void Resolve(RuleSet rules, Func<string, int> numberOf, Func<AlarmRule, Alarm?> alarmOf)
    {
        ResolvedFor = rules;
        _aggregates.Clear();
        Slots =
        [
            .. from rule in rules.Zones
               where rule.CoversZone(Name)
               select new ZoneSlot(rule, [.. rule.Conditions.Select(condition => Aggregate(numberOf(condition.Metric), rule.Within))], alarmOf(rule)),
        ];
        _isNewestUnsure = true;
    }

    /// <summary>A member has a new value.</summary>
    public void Replace(DeviceWatch device, int metric, double value, long stamp)
    {
        var (oldValue, oldStamp) = device.ValueOf(metric);
        device.SetValue(metric, value, stamp);
        // Of a device that started anew: the newest of all may have been this one.
        if (stamp < oldStamp) Forget();
        if (stamp > _newest) _newest = stamp;
        foreach (var aggregate in _aggregates)
        {
            if (aggregate.Metric == metric) aggregate.Replace(oldValue, oldStamp, value, stamp);
        }
    }

    /// <summary>The values of a slot's conditions now.</summary>
    public ZoneLevel LevelOf(in ZoneSlot slot, bool isActive)
    {
        var newest = Newest;
        var holds = true;
        for (var i = 0; i < slot.Aggregates.Length; i++)
        {
            var condition = slot.Rule.Conditions[i];
            var aggregate = slot.Aggregates[i];
            aggregate.Refresh(_members, newest);
            holds &= aggregate.Count >= slot.Rule.MinDevices && (aggregate.Count > 0 || condition.Aggregate == ZoneAggregate.Count)
                && condition.Holds(aggregate.ValueOf(condition.Aggregate), isActive);
        }

        return new ZoneLevel(holds, newest);
    }

    private LatestValues Aggregate(int metric, long within)
    {
        var known = _aggregates.Find(aggregate => aggregate.Metric == metric && aggregate.Within == within);
        if (known is null) _aggregates.Add(known = new LatestValues(metric, within));
        return known;
    }

    private void FindNewest()
    {
        (_newest, _isNewestUnsure) = (long.MinValue, false);
        foreach (var member in _members)
        {
            for (var metric = 0; metric < member.ValueCount; metric++) _newest = Math.Max(_newest, member.ValueOf(metric).Stamp);
        }
    }
}

internal readonly record struct ZoneLevel(bool Holds, long At);

/// <param name="Aggregates">One for each condition of the rule.</param>
internal record struct ZoneSlot(AlarmRule Rule, LatestValues[] Aggregates, Alarm? Alarm);

/// <summary>
/// Count, sum and extremes of the latest values of one metric in a zone, kept up to date as values come; computed anew only when a value in use is too old
/// by now, or an extreme went: once in a while, not at each reading.
/// </summary>
internal sealed class LatestValues(int metric, long within)
{
    private bool _isUnsure = true;
    private long _from;
    private long _oldest;
    private double _sum;
    private double _max;
    private double _min;

    // How many values are the extreme: where sensors tell whole numbers, many are, and one that goes is not missed.
    private int _atMax;
    private int _atMin;

    public int Metric { get; } = metric;

    /// <summary>Milliseconds.</summary>
    public long Within { get; } = within;

    public int Count { get; private set; }

    public void Forget() => _isUnsure = true;

    public double ValueOf(ZoneAggregate aggregate) => aggregate switch
    {
        ZoneAggregate.Avg => _sum / Count,
        ZoneAggregate.Max => _max,
        ZoneAggregate.Min => _min,
        _ => Count,
    };

    public void Replace(double oldValue, long oldStamp, double value, long stamp)
    {
        if (_isUnsure) return;
        if (oldStamp >= _from)
        {
            _sum -= oldValue;
            Count--;
            if (oldValue == _max) _atMax--;
            if (oldValue == _min) _atMin--;
        }

        if (stamp < _from)
        {
            _isUnsure = true;
            return;
        }

        _sum += value;
        Use(value, stamp);
        if (_atMax == 0 || _atMin == 0) _isUnsure = true;
    }

    public void Refresh(HashSet<DeviceWatch> members, long newest)
    {
        var from = newest - Within;
        if (!_isUnsure && _oldest >= from && double.IsFinite(_sum)) return;
        (_isUnsure, _from, _oldest, _sum, Count) = (false, from, long.MaxValue, 0, 0);
        (_max, _min, _atMax, _atMin) = (double.NegativeInfinity, double.PositiveInfinity, 0, 0);
        foreach (var member in members)
        {
            var (value, stamp) = member.ValueOf(Metric);
            if (stamp < from || stamp == long.MinValue) continue;
            _sum += value;
            Use(value, stamp);
        }
    }

    private void Use(double value, long stamp)
    {
        Count++;
        _oldest = Math.Min(_oldest, stamp);
        if (value > _max) (_max, _atMax) = (value, 0);
        if (value < _min) (_min, _atMin) = (value, 0);
        if (value == _max) _atMax++;
        if (value == _min) _atMin++;
    }
}
