using EdgeModules.Alerting.Rules;

namespace EdgeModules.Alerting.Tests;

/// <summary>One threshold rule over devices, written as plainly as can be: for each device a list of what was said, looked through from the start.</summary>
internal sealed class PlainAlarms(ThresholdRule rule)
{
    private readonly Dictionary<string, Device> _devices = [];

    private sealed class Device
    {
        public long Newest = long.MinValue;
        public string Is = "none";
        public string Said = "none";
        public long? Since;
        public int Missed;
        public List<(string Severity, long At)> Ups { get; } = [];
    }

    public string? Read(string id, long at, double value)
    {
        if (!_devices.TryGetValue(id, out var device)) _devices[id] = device = new Device();
        if (at <= device.Newest) return null;
        device.Newest = at;
        var level = Level(value, device.Is);
        var was = device.Is;
        if (was == "none")
        {
            if (level == "none") device.Since = null;
            else device.Since ??= at;
            if (device.Since is null || at - device.Since < rule.ForSeconds * 1000) return null;
            (device.Is, device.Said, device.Since) = (level, "none", null);
        }
        else
        {
            device.Is = level;
        }

        if (Rank(device.Is) < Rank(device.Said))
        {
            var down = $"{(device.Is == "none" ? "cleared" : "deescalated")} {device.Is}{After(device)}";
            device.Said = device.Is;
            return down;
        }

        if (device.Is == device.Said || device.Is == "none") return null;
        var isRepeat = device.Said == "none" && device.Ups.Any(up => up.Severity == device.Is && at - up.At < rule.CooldownSeconds * 1000);
        if (isRepeat)
        {
            if (Rank(device.Is) > Rank(was)) device.Missed++;
            return null;
        }

        var told = $"{(device.Said == "none" ? "raised" : "escalated")} {device.Is}{After(device)}";
        device.Said = device.Is;
        device.Ups.Add((device.Is, at));
        return told;
    }

    private static string After(Device device)
    {
        var after = device.Missed > 0 ? $" after {device.Missed}" : "";
        device.Missed = 0;
        return after;
    }

    private string Level(double value, string current)
    {
        var margin = rule.Hysteresis!.Value;
        if (value > rule.Critical - (current == "critical" ? margin : 0)) return "critical";
        return value > rule.Warning - (current != "none" ? margin : 0) ? "warning" : "none";
    }

    private static int Rank(string severity) => severity switch
    {
        "critical" => 2,
        "warning" => 1,
        _ => 0,
    };
}

/// <summary>Conditions over the latest readings of a zone, computed from all readings each time.</summary>
internal sealed class PlainZone(double avgAbove, double maxAbove, long within, int minDevices)
{
    private readonly Dictionary<string, (long At, double Temperature, double Vibration)> _latest = [];
    private bool _isOn;

    public string? Read(string device, long at, double temperature, double vibration)
    {
        if (_latest.TryGetValue(device, out var known) && at <= known.At) return null;
        _latest[device] = (at, temperature, vibration);
        var newest = _latest.Values.Max(reading => reading.At);
        var fresh = _latest.Values.Where(reading => newest - reading.At <= within).ToList();
        var holds = fresh.Count >= minDevices && fresh.Average(reading => reading.Temperature) > avgAbove && fresh.Max(reading => reading.Vibration) > maxAbove;
        if (holds == _isOn) return null;
        _isOn = holds;
        return holds ? "raised critical" : "cleared none";
    }
}
