using System.Globalization;
using EdgeModules.Hosting;

namespace EdgeModules.Alerting.Tests.Plain;

/// <summary>
/// The module as plainly as can be, without disk, hub or crash: all devices, rules and alarms looked through each time. What it would send, as lines that
/// <see cref="SentLine"/> makes of real messages too. Only the clock policy is the real one, which has tests of its own.
/// </summary>
internal sealed class PlainModule
{
    private readonly Dictionary<string, PlainDevice> _devices = [];
    private readonly List<PlainAlarm> _alarms = [];
    private readonly List<(string? Rule, string? Device, long Until)> _silences = [];
    private AlertSettings _settings = new();
    private ClockPolicy _clock = new();
    private List<SentLine> _said = [];
    private bool _hasOrphans;
    private long _started;
    private long _nextSweep;
    private long _now;

    private sealed class PlainDevice(string id)
    {
        public string Id => id;
        public string? Zone;
        public long? Newest;
        public long Arrival;
        public List<long> Behind { get; } = [];
        public Dictionary<string, (double Value, long At)> Latest { get; } = [];
    }

    /// <summary>As the ledger of the module.</summary>
    public SortedDictionary<string, long> Books { get; } = new(StringComparer.Ordinal);

    public bool IsTickDue(DateTimeOffset now) => _hasOrphans || (RulesOf(_settings.NoDataRules).Any() && _nextSweep <= now.ToUnixTimeMilliseconds());

    /// <returns>What is sent for it.</returns>
    public IReadOnlyList<SentLine> Do(PlainStep step, DateTimeOffset now)
    {
        _said = [];
        _now = now.ToUnixTimeMilliseconds();
        if (step is PlainStep.Readings or PlainStep.Scores or PlainStep.Tick && _hasOrphans) EndOrphans();
        switch (step)
        {
            case PlainStep.Start:
                (_clock, _started, _nextSweep, _hasOrphans) = (new ClockPolicy(), _now, 0, true);
                break;
            case PlainStep.Configure configure:
                (_settings, _hasOrphans) = (configure.Settings, true);
                break;
            case PlainStep.Readings readings:
                foreach (var reading in readings.Items) _clock.Observe(reading.Device, reading.At, now);
                AskTheClock();
                foreach (var reading in readings.Items) Read(reading);
                break;
            case PlainStep.Scores scores:
                AskTheClock();
                foreach (var score in scores.Items) Score(score);
                break;
            case PlainStep.Tick:
                Sweep();
                break;
            case PlainStep.Acknowledge which:
                foreach (var alarm in _alarms.Where(alarm => alarm.Is != "none" && (which.Device ?? alarm.Subject) == alarm.Subject && (which.Rule ?? alarm.Rule) == alarm.Rule))
                    alarm.IsAcknowledged = true;
                break;
            case PlainStep.Silence silence:
                _silences.RemoveAll(known => known.Rule == silence.Rule && known.Device == silence.Device);
                _silences.Add((silence.Rule, silence.Device, _now + silence.Seconds * 1000));
                break;
        }

        return _said;
    }

    private void Read(SampleReading reading)
    {
        var device = Hear(reading.Device, reading.Zone);
        var order = Order(device, reading.At);
        Count(order);
        if (order != "evaluated") return;
        foreach (var rule in RulesOf(_settings.Rules).Where(rule => rule.Covers(device.Id, device.Zone)))
        {
            foreach (var (metric, value) in reading.Metrics())
            {
                if (_settings.Rules[rule.Id].Metric == metric) Look(rule, device.Id, device.Zone, [value], reading.At, AgeOf(reading.At));
            }
        }

        var (isOld, isFuture, isSuspect) = AgeOf(reading.At);
        if (device.Zone is null || isFuture) return;
        var ofZones = RulesOf(_settings.ZoneRules).SelectMany(rule => _settings.ZoneRules[rule.Id].All!.Items).Select(condition => condition.Metric).ToHashSet();
        var used = reading.Metrics().Where(metric => ofZones.Contains(metric.Metric)).ToList();
        foreach (var (metric, value) in used) device.Latest[metric] = (value, reading.At);
        if (used.Count > 0) ReadZone(device.Zone, (isOld, isFuture, isSuspect));
    }

    private void ReadZone(string zone, (bool, bool, bool) age)
    {
        var members = _devices.Values.Where(device => device.Zone == zone).ToList();
        var newest = members.SelectMany(member => member.Latest.Values).Max(latest => latest.At);
        foreach (var rule in RulesOf(_settings.ZoneRules).Where(rule => rule.Rule.Zones?.Contains(zone) != false))
        {
            var settings = _settings.ZoneRules[rule.Id];
            var values = settings.All!.Items.Select(condition => members
                .Where(member => member.Latest.TryGetValue(condition.Metric, out var latest) && latest.At >= newest - (settings.WithinSeconds ?? 60) * 1000L)
                .Select(member => member.Latest[condition.Metric].Value).ToList()).ToList();
            var isEnough = values.All(value => value.Count >= (settings.MinDevices ?? 1));
            var aggregates = isEnough ? settings.All.Items.Zip(values, (condition, of) => condition.Aggregate switch
            {
                Rules.ZoneAggregate.Avg => of.Average(),
                Rules.ZoneAggregate.Max => of.Max(),
                Rules.ZoneAggregate.Min => of.Min(),
                _ => of.Count,
            }).ToArray() : [];
            Look(rule, zone, zone, aggregates, newest, age, isZone: true, isEnough ? null : "none");
        }
    }

    private void Score(SampleScore score)
    {
        var device = Hear(score.Device, null);
        var isLate = false;
        foreach (var rule in RulesOf(_settings.ScoreRules).Where(rule => rule.Covers(device.Id, device.Zone) && (_settings.ScoreRules[rule.Id].Model ?? score.Model) == score.Model))
        {
            var alarm = Find(rule.Id, device.Id, false);
            // Of a rule whose limit was never passed the order is not kept.
            if (alarm is null && rule.Level([score.Score], "none") == "none") continue;
            if (alarm?.NewestScore >= score.At)
            {
                isLate = true;
                continue;
            }

            Look(rule, device.Id, device.Zone, [score.Score], score.At, AgeOf(score.At));
            Find(rule.Id, device.Id, false)!.NewestScore = score.At;
        }

        Count(isLate ? "late" : "evaluated");
    }

    private void Sweep()
    {
        _nextSweep = _now + 1000;
        foreach (var device in _devices.Values)
        {
            var silence = _now - Math.Max(device.Arrival, _started);
            foreach (var rule in RulesOf(_settings.NoDataRules).Where(rule => rule.Covers(device.Id, device.Zone)))
            {
                var limit = _settings.NoDataRules[rule.Id].Seconds * 1000L;
                if (silence < limit) continue;
                var at = Find(rule.Id, device.Id, false) is { Is: not "none" } ? _now : device.Arrival + limit;
                Look(rule, device.Id, device.Zone, [silence / 1000.0], at, default);
            }
        }
    }

    private PlainDevice Hear(string id, string? zone)
    {
        if (!_devices.TryGetValue(id, out var device)) _devices[id] = device = new PlainDevice(id) { Zone = zone };
        if (zone is not null && zone != device.Zone)
        {
            _hasOrphans |= device.Zone is not null && _devices.Values.Count(other => other.Zone == device.Zone) == 1;
            device.Zone = zone;
            if (PlainRule.Of(_settings).Any(rule => rule.Rule.Zones is not null)) EndOrphans();
        }

        device.Arrival = _now;
        foreach (var rule in RulesOf(_settings.NoDataRules).Where(rule => rule.Covers(id, device.Zone) && Find(rule.Id, id, false) is { Is: not "none" }))
            Look(rule, id, device.Zone, [0], _now, default, isZone: false, "none");
        return device;
    }

    private static string Order(PlainDevice device, long at)
    {
        if (at == device.Newest) return "duplicate";
        if (at < device.Newest)
        {
            var isFar = at < device.Newest - 60_000;
            if (!isFar || (device.Behind.Count > 0 && at <= device.Behind[^1])) device.Behind.Clear();
            if (isFar) device.Behind.Add(at);
            if (device.Behind.Count < 3) return "late";
        }

        device.Behind.Clear();
        device.Newest = at;
        return "evaluated";
    }

    private void Look(
        PlainRule rule, string subject, string? zone, double[] values, long at, (bool IsOld, bool IsFuture, bool IsSuspect) age, bool isZone = false, string? level = null)
    {
        var alarm = Find(rule.Id, subject, isZone);
        level ??= rule.Level(values, alarm?.Is ?? "none");
        if (alarm is null && level == "none") return;
        if (alarm is null) _alarms.Add(alarm = new PlainAlarm(rule.Id, subject, isZone));
        var isSilenced = _silences.Any(silence => silence.Until > _now && (silence.Rule ?? rule.Id) == rule.Id && (silence.Device ?? subject) == subject);
        var said = alarm.Look(rule, at, level, age.IsOld, isSilenced, _settings.MaxCriticalPerMinute, out var held);
        if (held.Length > 0) Count($"heldAlerts/{held}");
        // Too few devices: the aggregates are of those there are, and not the reference's business.
        if (said is not null) Say(alarm, said, at, values.Length > 0 ? values[0].ToString("R", CultureInfo.InvariantCulture) : null, age.IsSuspect, rule.Action is not null);
    }

    private void EndOrphans()
    {
        _hasOrphans = false;
        var inForce = PlainRule.Of(_settings);
        foreach (var alarm in _alarms.ToList())
        {
            var hasSubject = alarm.IsZone ? _devices.Values.Any(device => device.Zone == alarm.Subject) : _devices.ContainsKey(alarm.Subject);
            var zone = alarm.IsZone ? alarm.Subject : _devices.GetValueOrDefault(alarm.Subject)?.Zone;
            if (hasSubject && inForce.Any(rule => rule.Id == alarm.Rule && rule.Covers(alarm.Subject, zone))) continue;
            if (!hasSubject) _alarms.Remove(alarm);
            if (alarm.End() is { } said) Say(alarm, said, _now, "-", false, false);
        }
    }

    private void Say(PlainAlarm alarm, PlainAlarm.Said said, long at, string? value, bool isSuspect, bool hasAction)
    {
        var id = $"{alarm.Rule}/{alarm.Subject}/{said.Since}/{said.State}/{said.Number}";
        var priority = said.Severity == "critical" && !said.IsOld ? "critical" : "normal";
        if (said.Command) _said.Add(new SentLine("commands", $"command/{id}", alarm.Rule, alarm.Subject, $"critical at {at}", null));
        if (!said.IsTold) return;
        Count($"alarms/{said.State}");
        var severity = said.Severity == "none" ? "info" : said.Severity;
        var flags = $"{(said.IsAcknowledged ? " acknowledged" : "")}{(said.IsOld ? " backfill" : "")}{(isSuspect ? " suspect" : "")}{(said.HasActed && hasAction ? " sent" : "")}";
        _said.Add(new SentLine("alerts", $"alert/{id}", alarm.Rule, alarm.Subject, $"{priority} {said.State} {severity} at {at} since {said.Since} after {said.Missed}{flags}", value));
    }

    private (bool IsOld, bool IsFuture, bool IsSuspect) AgeOf(long at)
    {
        if (_settings.MaxAgeSeconds == 0) return default;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_now);
        var age = now.ToUnixTimeMilliseconds() - at - (long)_clock.SkewAt(now).TotalMilliseconds;
        return (age > _settings.MaxAgeSeconds * 1000L, -age > _settings.MaxFutureSeconds * 1000L, _clock.IsSuspect(now));
    }

    /// <summary>Once a message, as the module does: the policy forgets devices when it is asked.</summary>
    private void AskTheClock()
    {
        if (_settings.MaxAgeSeconds > 0) _clock.SkewAt(DateTimeOffset.FromUnixTimeMilliseconds(_now));
    }

    private IEnumerable<PlainRule> RulesOf<T>(IReadOnlyDictionary<string, T> kind) => PlainRule.Of(_settings).Where(rule => kind.ContainsKey(rule.Id));

    private PlainAlarm? Find(string rule, string subject, bool isZone) => _alarms.Find(alarm => (alarm.Rule, alarm.Subject, alarm.IsZone) == (rule, subject, isZone));

    private void Count(string entry) => Books[entry] = Books.GetValueOrDefault(entry) + 1;
}
