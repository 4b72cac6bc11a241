namespace EdgeModules.Aggregation;

/// <summary>
/// Zone windows, fed by the windows of devices as they close. One closes when at least half of the zone's active devices have passed its end by their own
/// watermarks and none has a window open in it, so neither one device ahead nor one that hangs decides for all.
/// </summary>
internal sealed class ZoneAggregator(AggregatorState state)
{
    /// <returns>The window of the zone that is to take up a device's; null when the device has no zone, or that window has closed.</returns>
    public static (long Start, long End)? SpanFor(Device device, DeviceWindow window, AggregatorSettings settings, ref AggregatorTally tally)
    {
        if (device.Zone is not { } zone || settings.ZoneWindowLength == 0) return null;
        if (zone.Open.Find(open => open.Has(window.Start)) is { } found) return (found.Start, found.End);
        if (window.Start < zone.ClosedThrough)
        {
            tally.ZoneLate += window.Contents.Readings;
            return null;
        }

        var length = settings.ZoneWindowLength;
        var grid = window.Start - ((window.Start % length) + length) % length;
        // After the length was changed the first window may be shorter.
        var start = zone.Open.Where(open => open.End <= window.Start).Select(open => open.End).Append(zone.ClosedThrough).Append(grid).Max();
        var end = zone.Open.Where(open => open.Start > window.Start).Select(open => open.Start).Append(grid + length).Min();
        return (start, end);
    }

    /// <summary>As <see cref="SpanFor"/> for a reading that revises a device's window: that of the zone may have closed and be revised too.</summary>
    public (long Start, long End)? SpanForRevision(DeviceWindow window, ref AggregatorTally tally)
    {
        if (window.Zone is not { } name || !state.Zones.TryGetValue(name, out var zone)) return null;
        if ((zone.Open.Find(open => open.Has(window.Start)) ?? zone.Kept.Find(kept => kept.Has(window.Start))) is { } found) return (found.Start, found.End);
        tally.ZoneLate++;
        return null;
    }

    /// <param name="all">Devices have gone quiet, so zones may be due whose own time has not passed.</param>
    public void CloseDue(AggregatorSettings settings, bool all, ref AggregatorTally tally)
    {
        foreach (var zone in state.Zones.Values)
        {
            while (zone.Open.Count > 0 && (all || zone.Open[0].End <= zone.Newest - settings.Lateness) && IsDue(zone, zone.Open[0], settings.Lateness))
            {
                var window = zone.Open[0];
                state.CloseZone(zone, window, settings.Revises);
                state.ForgetZone(zone, window.End - (settings.Revises ? settings.ReviseSeconds * 1000L : 0));
                tally.ZoneWindows++;
            }
        }
    }

    private static bool IsDue(Zone zone, ZoneWindow window, long lateness)
    {
        var (active, passed) = (0, 0);
        foreach (var device in zone.Devices)
        {
            if (device.Open.Count == 0) continue;
            active++;
            if (device.Newest - lateness >= window.End) passed++;
            foreach (var open in device.Open)
            {
                if (window.Has(open.Start)) return false;
            }
        }

        return passed * 2 >= active;
    }
}
