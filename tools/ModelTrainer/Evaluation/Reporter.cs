using EdgeModules.Models.Evaluation;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>Counts what was judged right and wrong.</summary>
internal static class Reporter
{
    /// <param name="window">Readings for which a window still holds an event that is over.</param>
    /// <param name="isCounted">By row and device; an event or an episode counts when its first reading does.</param>
    public static Report Of(IReadOnlyList<DeviceJudgements> devices, double limit, int window, Func<DeviceJudgements, int, bool> isCounted)
    {
        var counts = new Counts();
        var episodes = new EpisodeCounter();
        foreach (var device in devices)
        {
            var tail = EpisodeCounter.Tails(device.Readings, window);
            CountRows(counts, device, tail, limit, index => isCounted(device, index));
            episodes.Add(device.Readings, tail, index => isCounted(device, index));
        }

        return new Report(
            devices.Count,
            counts.Rows,
            counts.Anomalous,
            counts.True,
            counts.False,
            counts.Tail,
            counts.Rows == counts.Anomalous ? 0 : (double)counts.OverLimit / (counts.Rows - counts.Anomalous),
            episodes.Counts);
    }

    private static void CountRows(Counts counts, DeviceJudgements device, bool[] tail, double limit, Predicate<int> isCounted)
    {
        for (var index = 0; index < device.Readings.Count; index++)
        {
            var reading = device.Readings[index];
            if (reading.Score is not { } score || !isCounted(index)) continue;
            counts.Rows++;
            if (reading.IsAnomaly)
            {
                counts.Anomalous++;
                if (reading.IsAlarm) counts.True++;
                continue;
            }

            if (score > limit) counts.OverLimit++;
            if (!reading.IsAlarm) continue;
            counts.False++;
            if (tail[index]) counts.Tail++;
        }
    }

    private sealed class Counts
    {
        public int Rows, Anomalous, True, False, Tail, OverLimit;
    }
}
