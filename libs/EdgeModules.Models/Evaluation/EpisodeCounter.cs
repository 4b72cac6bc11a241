namespace EdgeModules.Models.Evaluation;

/// <summary>Counts events and episodes, device by device.</summary>
public sealed class EpisodeCounter
{
    private readonly List<double> _delays = [];
    private int _events;
    private int _found;
    private int _foundLate;
    private int _episodes;
    private int _falseEpisodes;

    public EpisodeCounts Counts => new(_events, _found, _foundLate, _episodes, _falseEpisodes, [.. _delays]);

    /// <param name="readings">Of one device, in order.</param>
    /// <param name="tail">Of the same readings: <see cref="Tails"/>.</param>
    /// <param name="isCounted">By the index of its first reading, whether an event or an episode counts.</param>
    public void Add<T>(IReadOnlyList<T> readings, bool[] tail, Predicate<int> isCounted) where T : IJudgedReading
    {
        foreach (var (from, to) in Stretches(readings, reading => reading.IsAnomaly).Where(stretch => isCounted(stretch.From)))
        {
            _events++;
            var last = to;
            while (last + 1 < readings.Count && tail[last + 1]) last++;
            var found = Enumerable.Range(from, last - from + 1).FirstOrDefault(index => readings[index].IsAlarm, -1);
            if (found < 0) continue;
            _found++;
            if (found > to) _foundLate++;
            _delays.Add((readings[found].Time - readings[from].Time) / 1_000.0);
        }

        foreach (var (from, to) in Stretches(readings, reading => reading.IsAlarm).Where(stretch => isCounted(stretch.From)))
        {
            _episodes++;
            if (!Enumerable.Range(from, to - from + 1).Any(index => readings[index].IsAnomaly || tail[index])) _falseEpisodes++;
        }
    }

    /// <param name="window">Readings for which a window still holds an event that is over.</param>
    /// <returns>For each reading whether it is one of those.</returns>
    public static bool[] Tails<T>(IReadOnlyList<T> readings, int window) where T : IJudgedReading
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

    /// <returns>Index of the first and the last reading of each stretch.</returns>
    public static IEnumerable<(int From, int To)> Stretches<T>(IReadOnlyList<T> readings, Predicate<T> isIn)
    {
        for (var index = 0; index < readings.Count; index++)
        {
            if (!isIn(readings[index])) continue;
            var from = index;
            while (index + 1 < readings.Count && isIn(readings[index + 1])) index++;
            yield return (from, index);
        }
    }
}
