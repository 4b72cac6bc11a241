using EdgeModules.Messages;

namespace EdgeModules.Alerting.Machine;

/// <summary>Zones: who is in them, and their rules.</summary>
internal sealed partial class AlertEngine
{
    // Numbers of zone metrics below this are in saved records already.
    private int _writtenMetrics;

    private void EvaluateZone(DeviceWatch device, long timestamp, ReadOnlySpan<MetricValue> metrics, ReadingAge age)
    {
        if (_metrics.Count > _writtenMetrics) WriteMetrics();
        var zone = device.Zone;
        var values = 0;
        // What is ahead of the clock would make every other reading of the zone too old.
        if (zone is not null && !age.IsFuture)
        {
            if (!ReferenceEquals(zone.ResolvedFor, _rules)) Resolve(zone);
            foreach (var name in _rules.ZoneMetrics)
            {
                if (TryFind(metrics, name, out _)) values++;
            }
        }

        _record.Reading(device.Number, timestamp, values);
        if (values == 0) return;
        for (var i = 0; i < _rules.ZoneMetrics.Length; i++)
        {
            if (!TryFind(metrics, _rules.ZoneMetrics[i], out var value)) continue;
            zone!.Replace(device, _zoneMetricNumbers[i], value, timestamp);
            _record.Value(_zoneMetricNumbers[i], value);
        }

        var slots = zone!.Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            ref var slot = ref slots[i];
            var level = zone.LevelOf(slot, slot.Alarm?.IsActive == true);
            if (!level.Holds && slot.Alarm is null) continue;
            slot.Alarm ??= Obtain(slot.Rule.Id, zone.Name, isZone: true);
            if (!level.Holds && !slot.Alarm.IsActive && slot.Alarm.Memory.Matches == 0) continue;
            var severity = !level.Holds ? Severity.None : double.IsNaN(slot.Rule.Critical) ? Severity.Warning : Severity.Critical;
            LookAtZone(slot, new Observation(level.At, severity, age.IsOld, false), zone.Name, age.IsClockSuspect);
        }
    }

    private void Resolve(ZoneWatch zone) => zone.Resolve(_rules, NumberOf, rule => _alarms.GetValueOrDefault((rule.Id, zone.Name, true)));

    private void LookAtZone(in ZoneSlot slot, Observation seen, string zone, bool isClockSuspect)
    {
        var told = _events.Count;
        Look(slot.Rule, slot.Alarm!, seen, 0, zone, isClockSuspect);
        if (_events.Count == told) return;
        var values = new double[slot.Aggregates.Length];
        for (var i = 0; i < values.Length; i++) values[i] = slot.Aggregates[i].ValueOf(slot.Rule.Conditions[i].Aggregate);
        _events[^1] = _events[^1] with { Value = values[0], Conditions = values };
    }

    private void EnterZone(DeviceWatch device, string name)
    {
        if (!_zones.TryGetValue(name, out var zone)) _zones.Add(name, zone = new ZoneWatch(name));
        (device.ZoneName, device.Zone) = (name, zone);
        zone.Enter(device);
    }

    private void LeaveZone(DeviceWatch device)
    {
        if (device.Zone is not { } zone) return;
        zone.Leave(device);
        (device.ZoneName, device.Zone) = (null, null);
        if (zone.MemberCount > 0) return;
        _zones.Remove(zone.Name);
        _hasOrphans = true;
    }

    private void WriteMetrics()
    {
        foreach (var (name, number) in _metrics)
        {
            if (number >= _writtenMetrics) _record.Metric(number, name);
        }

        _writtenMetrics = _metrics.Count;
    }
}
