namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>Counts what was judged right and wrong.</summary>
internal static class Reporter
{
    /// <param name="window">Readings for which a window still holds an event that is over.</param>
    /// <param name="isCounted">By row and device; an event or an episode counts when its first reading does.</param>
    public static Report Of(IReadOnlyList<DeviceJudgements> devices, double limit, int window, Func<DeviceJudgements, int, bool> isCounted)
    {
        var counts = new Counts();
        foreach (var device in devices)
        {
            var tail = Tails(device.Readings, window);
            CountRows(counts, device, tail, limit, index => isCounted(device, index));
            CountStretches(counts, device, tail, index => isCounted(device, index));
        }

        return new Report(
            devices.Count,
            counts.Rows,
            counts.Anomalous,
            counts.True,
            counts.False,
            counts.Tail,
            counts.Rows == counts.Anomalous ? 0 : (double)counts.OverLimit / (counts.Rows - counts.Anomalous),
            counts.Events,
            counts.Found,
            counts.FoundLate,
            counts.Episodes,
            counts.FalseEpisodes,
            counts.Delays);
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

    private static void CountStretches(Counts counts, DeviceJudgements device, bool[] tail, Predicate<int> isCounted)
    {
        var readings = device.Readings;
        foreach (var (from, to) in Stretches(readings, reading => reading.IsAnomaly).Where(stretch => isCounted(stretch.From)))
        {
            counts.Events++;
            var last = to;
            while (last + 1 < readings.Count && tail[last + 1]) last++;
            var found = Enumerable.Range(from, last - from + 1).FirstOrDefault(index => readings[index].IsAlarm, -1);
            if (found < 0) continue;
            counts.Found++;
            if (found > to) counts.FoundLate++;
            counts.Delays.Add((readings[found].Time - readings[from].Time) / 1_000.0);
        }

        foreach (var (from, to) in Stretches(readings, reading => reading.IsAlarm).Where(stretch => isCounted(stretch.From)))
        {
            counts.Episodes++;
            if (!Enumerable.Range(from, to - from + 1).Any(index => readings[index].IsAnomaly || tail[index])) counts.FalseEpisodes++;
        }
    }

    public static IEnumerable<(int From, int To)> Stretches(IReadOnlyList<Judgement> readings, Predicate<Judgement> isIn)
    {
        for (var index = 0; index < readings.Count; index++)
        {
            if (!isIn(readings[index])) continue;
            var from = index;
            while (index + 1 < readings.Count && isIn(readings[index + 1])) index++;
            yield return (from, index);
        }
    }

    private static bool[] Tails(IReadOnlyList<Judgement> readings, int window)
    {
        var tail = new bool[readings.Count];
        var left = 0;
        for (var index = 0; index < tail.Length; index++)
        {
            if (readings[index].IsAnomaly) left = window;
            else tail[index] = left-- > 0;
        }

        return tail;
    }

    private sealed class Counts
    {
        public int Rows, Anomalous, True, False, Tail, OverLimit, Events, Found, Episodes, FalseEpisodes, FoundLate;

        public List<double> Delays { get; } = [];
    }
}
