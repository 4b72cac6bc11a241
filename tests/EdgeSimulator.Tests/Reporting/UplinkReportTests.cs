using EdgeSimulator.Hub;
using EdgeSimulator.Reporting;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Reporting;

public class UplinkReportTests
{
    private static readonly HubStatus Start = HubStatuses.Empty with { Upstream = new UpstreamStatus(true, 10, 100, 50_000, 20, 0, 0) };

    private static readonly HubStatus End = HubStatuses.Empty with
    {
        Upstream = new UpstreamStatus(true, 20, 700, 170_000, 60, 0, 0),
        BatchedStreams = [new StreamStatus("AlertModule", "alerts", 10, 10, 5_000, 10), new StreamStatus("FilterModule", "filtered", 90, 490, 95_000, 92)],
        Batches =
        [
            new BatchStatus("low", 2, 90, 9_000, 8_500, 4, 1, 10, 90, 0, 0, 10),
            new BatchStatus("normal", 5, 410, 30_000, 29_000, 8, 0, 90, 410, 3, 7, 92),
        ],
    };

    [Fact]
    public void ToJson_Batches_HasTheAgreedShape() => Assert.True(JToken.DeepEquals(
        JObject.Parse("""
            {
              "batches": 7, "members": 100, "items": 500, "bytes": 39000, "meteredUnits": 12, "meteredUnitsAlone": 102, "leastUnits": 10,
              "duplicateMembers": 3, "unreadableBatches": 1,
              "priorities": {
                "low": { "batches": 2, "members": 10, "items": 90, "bytes": 9000, "meteredUnits": 4, "meteredUnitsAlone": 10 },
                "normal": { "batches": 5, "members": 90, "items": 410, "bytes": 30000, "meteredUnits": 8, "meteredUnitsAlone": 92 }
              },
              "streams": {
                "AlertModule/alerts": { "messages": 10, "readings": 10, "bytesAlone": 5000, "meteredUnitsAlone": 10 },
                "FilterModule/filtered": { "messages": 90, "readings": 490, "bytesAlone": 95000, "meteredUnitsAlone": 92 }
              },
              "day": { "seconds": 3600.0, "bytesPerDay": 2880000.0, "meteredUnitsPerDay": 960.0 }
            }
            """),
        UplinkReport.Of(Start, End, TimeSpan.FromHours(1)).ToJson()));

    [Theory]
    [InlineData(null)]
    [InlineData(59)]
    public void Of_RunThatPlaysTooLittle_ProjectsNothing(int? seconds) =>
        Assert.Null(UplinkReport.Of(Start, End, seconds is null ? null : TimeSpan.FromSeconds(seconds.Value)).Day);

    [Fact]
    public void IsEmpty_NeitherBatchesNorADay_IsTrue()
    {
        Assert.True(UplinkReport.Of(Start, Start, null).IsEmpty);
        Assert.False(UplinkReport.Of(Start, Start, TimeSpan.FromHours(1)).IsEmpty);
    }

    [Fact]
    public void Show_Batches_TellsTheirCostAndThatOfTheirMessages()
    {
        using var terminal = new TestTerminal();
        UplinkView.Show(UplinkReport.Of(Start, End, TimeSpan.FromHours(1)), terminal.Terminal);
        Assert.Matches(@"FilterModule/filtered, alone \| +90 \| +490 \| +95,000 \| +92 \|", terminal.Text);
        Assert.Matches(@"all of them, alone +\| +100 \| +500 \| 100,000 \| +102 \|", terminal.Text);
        Assert.Matches(@"batches, normal +\| +5 \| +410 \| +30,000 \| +8 \|", terminal.Text);
        Assert.Matches(@"the least +\| +\| +\| +\| +10 \|", terminal.Text);
        Assert.Contains("1 batches could not be unpacked", terminal.Text);
        Assert.Contains("3 messages were in batches a second time, and count once.", terminal.Text);
        Assert.Contains("The data is of 3,600 s; at that rate a day costs 2,880,000 bytes to the cloud, in 960 units of 4 KB.", terminal.Text);
    }

    [Fact]
    public void Show_Nothing_IsSilent()
    {
        using var terminal = new TestTerminal();
        UplinkView.Show(UplinkReport.None, terminal.Terminal);
        Assert.Empty(terminal.Text);
    }
}
