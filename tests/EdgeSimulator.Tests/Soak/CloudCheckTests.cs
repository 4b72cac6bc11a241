using EdgeSimulator.Soak;

namespace EdgeSimulator.Tests.Soak;

public sealed class CloudCheckTests
{
    private const long Most = 60;

    [Fact]
    public void Read_WindowsOnceEach_CountsThem()
    {
        var check = Checked(Windows("1", Window("a", 0, readings: 60)), Windows("2", Window("a", 60, readings: 5), Window("b", 0, readings: 7)));

        Assert.Empty(check.Mistakes);
        Assert.Equal((3, 72, 2, 0), (check.Windows, check.ReadingsInWindows, check.Messages, check.Repeats));
    }

    [Fact]
    public void Read_AMessageAgain_CountsItsWindowsOnce()
    {
        var check = Checked(Windows("1", Window("a", 0, readings: 60)), Windows("1", Window("a", 0, readings: 60)));

        Assert.Empty(check.Mistakes);
        Assert.Equal((1, 60, 1, 1), (check.Windows, check.ReadingsInWindows, check.Messages, check.Repeats));
    }

    [Fact]
    public void Read_ARevision_TakesThePlaceOfTheOneBefore()
    {
        var check = Checked(Windows("1", Window("a", 0, readings: 59)), Windows("2", Window("a", 0, readings: 60, revision: 1)));

        Assert.Equal((1, 60), (check.Windows, check.ReadingsInWindows));
    }

    [Fact]
    public void Read_TheSameWindowWithOtherContents_IsAMistake() => Assert.Equal(
        ["agg/a/0/0 came with different contents."], Checked(Windows("1", Window("a", 0, readings: 60)), Windows("2", Window("a", 0, readings: 59))).Mistakes);

    [Fact]
    public void Read_MoreReadingsThanAWindowHolds_IsAMistake() => Assert.Equal(
        ["agg/a/0/0 has 61 readings; a window holds 60 at most."], Checked(Windows("1", Window("a", 0, readings: 61))).Mistakes);

    [Fact]
    public void HasAlarm_OfAlertsThatCame_KnowsTheirIds()
    {
        var check = Checked("""{"moduleId":"AlertModule","messageId":"alert/1","properties":{"messageType":"alert"},"body":{"alertId":"r/d/1","state":"raised"}}""");

        Assert.True(check.HasAlarm("r/d/1"));
        Assert.False(check.HasAlarm("r/d/2"));
    }

    private static CloudCheck Checked(params string[] lines)
    {
        var check = new CloudCheck(Most);
        check.Read(lines);
        return check;
    }

    private static string Windows(string id, params string[] windows) =>
        $$"""{"moduleId":"AggregatorModule","messageId":"{{id}}","properties":{"messageType":"aggregate"},"body":[{{string.Join(',', windows)}}]}""";

    private static string Window(string device, long start, int readings, int revision = 0) =>
        $$"""{"deviceId":"{{device}}","windowStart":{{start}},"readingCount":{{readings}},"summaryId":"agg/{{device}}/{{start}}/{{revision}}","revision":{{revision}}}""";
}
