using System.Globalization;
using System.Text.Json;
using EdgeModules.Models.Evaluation;
using EdgeSimulator.Alarms;
using EdgeSimulator.Hub;

namespace EdgeSimulator.Scoring;

/// <summary>
/// Meets the labels of the data with the alarms that models' scores made. The readings are known by the positions that their message's id names; the labels
/// themselves pass no hub. Not thread-safe.
/// </summary>
internal sealed class LabelledRun(LabelFile labels)
{
    private const string IdPrefix = "readings/";

    private readonly SortedDictionary<string, List<(long Time, bool IsAnomaly)>> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<AlarmTime>> _alarms = new(StringComparer.Ordinal);
    private (string DeviceId, long From, long To)? _window;

    public long Readings { get; private set; }

    /// <param name="message">Each once; one that tells no positions is passed over.</param>
    public void OnReadings(HubMessage message)
    {
        if (FirstRow(message) is not { } row) return;
        using var body = JsonDocument.Parse(message.Body);
        if (body.RootElement.ValueKind != JsonValueKind.Array) return;
        foreach (var reading in body.RootElement.EnumerateArray())
        {
            if (row >= labels.Rows.Count) return;
            var isAnomaly = labels.Rows[row++];
            if (reading.Text("deviceId") is not { } device || reading.Whole("timestamp") is not { } time) continue;
            if (!_devices.TryGetValue(device, out var known)) _devices.Add(device, known = []);
            known.Add((time, isAnomaly));
            Readings++;
        }
    }

    public void OnScore(string deviceId, long windowStart, long timestamp) => _window = (deviceId, windowStart, timestamp);

    public void OnRaised(string deviceId, string alertId, long timestamp)
    {
        if (!_alarms.TryGetValue(deviceId, out var alarms)) _alarms.Add(deviceId, alarms = []);
        alarms.Add(new AlarmTime(alertId, timestamp));
    }

    public void OnCleared(string deviceId, string alertId, long timestamp)
    {
        if (_alarms.GetValueOrDefault(deviceId)?.FindLast(alarm => alarm.AlertId == alertId) is { } alarm) alarm.To = timestamp;
    }

    public EpisodeCounts Count()
    {
        var counter = new EpisodeCounter();
        var window = WindowReadings();
        foreach (var (device, readings) in _devices)
        {
            var alarms = _alarms.GetValueOrDefault(device) ?? [];
            var judged = readings.ConvertAll(reading => new Judged(reading.Time, alarms.Exists(alarm => alarm.IsOnAt(reading.Time)), reading.IsAnomaly));
            counter.Add(judged, EpisodeCounter.Tails(judged, window), _ => true);
        }

        return counter.Counts;
    }

    /// <summary>How many readings a window has, as the last score tells it; 0 when none came.</summary>
    private int WindowReadings() => _window is { } window && _devices.TryGetValue(window.DeviceId, out var readings)
        ? readings.Count(reading => reading.Time >= window.From && reading.Time <= window.To)
        : 0;

    /// <returns>Null when the id has no positions, or they count other things than rows, as where readings may be repeated.</returns>
    private static int? FirstRow(HubMessage message)
    {
        if (message.MessageId is not { } id || !id.StartsWith(IdPrefix, StringComparison.Ordinal)) return null;
        var positions = id[(id.LastIndexOf('/') + 1)..].Split('-');
        return positions is [var first, var behind]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(behind, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            && to - from == message.Readings
                ? from
                : null;
    }

    private readonly record struct Judged(long Time, bool IsAlarm, bool IsAnomaly) : IJudgedReading;

    private sealed class AlarmTime(string alertId, long from)
    {
        public string AlertId => alertId;

        /// <summary>Of the first reading that is no longer in alarm.</summary>
        public long To { get; set; } = long.MaxValue;

        public bool IsOnAt(long time) => time >= from && time < To;
    }
}
