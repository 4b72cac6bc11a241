namespace EdgeModules.Alerting.Machine;

/// <summary>What happens without a reading: silences of devices, scores, rules and devices that go.</summary>
internal sealed partial class AlertEngine
{
    private const int MaxSilences = 100;

    /// <summary>So many ended alarms of rules that the settings no longer have.</summary>
    private const int MaxStrays = 10_000;

    /// <summary>Looks for devices of which nothing has arrived for long.</summary>
    public void OnTick()
    {
        if (_rules.Silences.Length == 0) return;
        var shortest = _rules.Silences.Min(rule => rule.Silence);
        // Least recently heard first, so the first that is not silent ends the search.
        foreach (var (_, device) in _devices.OldestFirst)
        {
            // A gateway that was off heard nothing of anyone: silence counts from its start.
            var heard = Math.Max(device.Arrival, _started);
            if (_now - heard < shortest) break;
            if (!ReferenceEquals(device.ResolvedFor, _rules)) Resolve(device);
            var slots = device.Silences;
            for (var i = 0; i < slots.Length; i++)
            {
                ref var slot = ref slots[i];
                if (_now - heard < slot.Rule.Silence) continue;
                slot.Alarm ??= Obtain(slot.Rule.Id, device.Id, isZone: false);
                var severity = double.IsNaN(slot.Rule.Critical) ? Severity.Warning : Severity.Critical;
                // Named after what was heard last, so that a start in between does not make another alarm of it.
                var at = slot.Alarm.IsActive ? _now : device.Arrival + slot.Rule.Silence;
                Look(slot.Rule, slot.Alarm, new Observation(at, severity, false, false), (_now - heard) / 1000.0, device.ZoneName, false);
            }
        }
    }

    /// <summary>A model's score of a device; higher is stranger.</summary>
    /// <returns>False when it is not newer than the last one that a rule took of that device.</returns>
    public bool OnScore(string deviceId, string? zone, string? model, long timestamp, double score, ReadingAge age)
    {
        var device = See(deviceId, zone);
        WriteClock();
        _record.Arrival(device.Number);
        var isNew = true;
        foreach (var rule in _rules.Scores)
        {
            if (!rule.CoversDevice(deviceId, device.ZoneName) || (rule.Model is not null && rule.Model != model)) continue;
            var alarm = _alarms.GetValueOrDefault((rule.Id, deviceId, false));
            var level = rule.LevelOf(score, alarm?.Memory.Severity ?? Severity.None);
            if (alarm is null && level == Severity.None) continue;
            alarm ??= Obtain(rule.Id, deviceId, isZone: false);
            if (timestamp <= alarm.Memory.Newest)
            {
                isNew = false;
                continue;
            }

            alarm.Memory.Newest = timestamp;
            Look(rule, alarm, new Observation(timestamp, level, age.IsOld, false), score, device.ZoneName, age.IsClockSuspect);
            _record.Alarm(alarm);
        }

        if (isNew) _tally.Evaluated++;
        else _tally.Late++;
        return isNew;
    }

    private void SetClock(DateTimeOffset now)
    {
        var before = _now;
        _now = now.ToUnixTimeMilliseconds();
        if (_started == long.MinValue) _started = _now;
        if (_now >= before) return;
        // Set back: arrivals that lie ahead would keep everyone from being missed until the clock is there again.
        _started = Math.Min(_started, _now);
        foreach (var (_, device) in _devices.OldestFirst) device.Arrival = Math.Min(device.Arrival, _now);
    }

    /// <returns>How many active alarms it was.</returns>
    public int Acknowledge(Func<Alarm, bool> which)
    {
        var known = 0;
        foreach (var alarm in Active.Where(which))
        {
            known++;
            alarm.Memory.IsAcknowledged = true;
            _record.Alarm(alarm);
        }

        return known;
    }

    /// <summary>One for the same rule and device takes the place of the former; one of no length ends it. Beyond a hundred the one that ends first goes.</summary>
    public void Add(Silence silence)
    {
        Apply(silence, _now);
        WriteClock();
        _record.Silence(silence);
    }

    public Silence? SilenceOf(Alarm alarm) => _silences.Where(silence => silence.Until > _now && silence.Covers(alarm.RuleId, alarm.Subject)).MaxBy(silence => silence.Until);

    private void Apply(Silence silence, long now)
    {
        _silences.RemoveAll(known => (known.Rule == silence.Rule && known.Device == silence.Device) || known.Until <= now);
        if (silence.Until > now) _silences.Add(silence);
        if (_silences.Count > MaxSilences) _silences.Remove(_silences.MinBy(known => known.Until)!);
    }

    /// <summary>Ends alarms whose rule is no more, or no longer about them.</summary>
    private void EndOrphans()
    {
        _hasOrphans = false;
        var strays = 0;
        Evict();
        foreach (var alarm in _alarms.Values.ToList())
        {
            var rule = _rules.Find(alarm.RuleId);
            var isCovered = rule is not null && rule.Kind == RuleKind.Zone == alarm.IsZone
                && (alarm.IsZone
                    ? _zones.ContainsKey(alarm.Subject) && rule.CoversZone(alarm.Subject)
                    : rule.CoversDevice(alarm.Subject, ZoneOf(alarm.Subject)));
            if (isCovered) continue;
            // What it remembers keeps the ids of a later life apart from those of this one, should the rule come back.
            var hasSubject = alarm.IsZone ? _zones.ContainsKey(alarm.Subject) : _devices.TryPeek(alarm.Subject, out _);
            var staysKnown = hasSubject && (_rules.Knows(alarm.RuleId) || ++strays <= MaxStrays);
            End(alarm, rule, "its rule is no longer in force here", staysKnown);
        }
    }

    private string? ZoneOf(string deviceId) => _devices.TryPeek(deviceId, out var device) ? device.ZoneName : null;

    private void Evict()
    {
        while (_devices.Count > _rules.Settings.MaxDevices)
        {
            var oldest = _devices.OldestFirst.First().Value;
            _devices.Remove(oldest.Id);
            LeaveZone(oldest);
            _tally.EvictedDevices++;
            _record.DeviceGone(oldest.Id);
            foreach (var rule in _rules.Known)
            {
                if (_alarms.TryGetValue((rule, oldest.Id, false), out var alarm)) End(alarm, _rules.Find(rule), "its device was forgotten for others", staysKnown: false);
            }
        }
    }

    private void End(Alarm alarm, AlarmRule? rule, string cause, bool staysKnown)
    {
        var step = alarm.End();
        _activeCount = null;
        if (!staysKnown)
        {
            _alarms.Remove((alarm.RuleId, alarm.Subject, alarm.IsZone));
            _record.AlarmGone(alarm);
        }
        else if (step.Changed)
        {
            _record.Alarm(alarm);
        }

        if (step.Notice is not { } notice) return;
        rule ??= new AlarmRule(alarm.RuleId, alarm.IsZone ? RuleKind.Zone : RuleKind.Threshold);
        var zone = alarm.IsZone ? alarm.Subject : ZoneOf(alarm.Subject);
        _events.Add(new AlertEvent(rule, alarm.Subject, alarm.IsZone, zone, notice, _now, double.NaN, false, alarm.Memory.IsAcknowledged, EndCause: cause));
    }
}
