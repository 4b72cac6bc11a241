namespace EdgeModules.Models.Evaluation;

/// <summary>
/// How alarms met labels. An event is a stretch of labelled readings of a device, an episode one of alarm. An event is found by an alarm while it lasts or
/// the window still holds it, which for an event of one reading is the only way.
/// </summary>
/// <param name="FoundLate">Of the events found those whose alarm came when they were over.</param>
/// <param name="FalseEpisodes">Episodes that meet no event, nor a window that holds one.</param>
/// <param name="DelaysSeconds">Of each event found, from its first labelled reading to the first with an alarm.</param>
public sealed record EpisodeCounts(int Events, int Found, int FoundLate, int Episodes, int FalseEpisodes, IReadOnlyList<double> DelaysSeconds)
{
    public int Missed => Events - Found;

    /// <summary>0 when none was found.</summary>
    public double MedianDelaySeconds => DelaysSeconds.Count == 0 ? 0 : DelaysSeconds.Order().ElementAt(DelaysSeconds.Count / 2);
}
