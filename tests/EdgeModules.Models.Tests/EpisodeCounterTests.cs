using EdgeModules.Models.Evaluation;

namespace EdgeModules.Models.Tests;

public class EpisodeCounterTests
{
    [Theory]
    // An event found while it lasts; an alarm that goes on is no second episode.
    [InlineData("..xx....", "...aaa..", 2, 1, 1, 0, 1, 0)]
    // Found only while the window still holds it.
    [InlineData("..x.....", "....a...", 2, 1, 1, 1, 1, 0)]
    // Behind the window: false, and the event is missed.
    [InlineData("..x.....", ".....a..", 2, 1, 0, 0, 1, 1)]
    [InlineData("........", "..aa..a.", 2, 0, 0, 0, 2, 2)]
    [InlineData(".xx.xx..", ".a......", 0, 2, 1, 0, 1, 0)]
    public void Add_LabelsAndAlarms_AreCountedAsEventsAndEpisodes(
        string labels, string alarms, int window, int events, int found, int late, int episodes, int falseEpisodes)
    {
        var readings = labels.Zip(alarms).Select((reading, index) => new Judged(index * 500, reading.Second == 'a', reading.First == 'x')).ToList();
        var counter = new EpisodeCounter();
        counter.Add(readings, EpisodeCounter.Tails(readings, window), _ => true);
        var counts = counter.Counts;
        Assert.Equal((events, found, late, episodes, falseEpisodes), (counts.Events, counts.Found, counts.FoundLate, counts.Episodes, counts.FalseEpisodes));
        Assert.Equal(events - found, counts.Missed);
    }

    [Fact]
    public void Counts_OfSeveralDevices_HaveTheMedianOfTheirDelays()
    {
        var counter = new EpisodeCounter();
        foreach (var delay in (int[])[0, 4, 2])
        {
            var readings = Enumerable.Range(0, 8).Select(index => new Judged(index * 1_000, index == 1 + delay, index is >= 1 and <= 6)).ToList();
            counter.Add(readings, EpisodeCounter.Tails(readings, 0), _ => true);
        }

        Assert.Equal([0, 4, 2], counter.Counts.DelaysSeconds);
        Assert.Equal(2, counter.Counts.MedianDelaySeconds);
        Assert.Equal(0, new EpisodeCounter().Counts.MedianDelaySeconds);
    }

    private readonly record struct Judged(long Time, bool IsAlarm, bool IsAnomaly) : IJudgedReading;
}
