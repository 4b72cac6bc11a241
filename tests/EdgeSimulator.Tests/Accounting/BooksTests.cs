using EdgeSimulator.Accounting;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Accounting;

public class BooksTests
{
    private const string Sensor = """{"generated":100,"sent":{"readings":100},"generatedBytes":9000}""";

    private const string Filter = """
        {"received":100,"redelivered":7,"forwarded":40,"suppressed":{"deadband":50,"late":3},"invalid":{"noMetric":2},"dropped":{"full":1},
         "held":4,"sent":{"filtered":38,"invalid":2},"unsent":2}
        """;

    private static readonly HubStatus Hub = new(
        [HubStatuses.Output("SensorModule", "readings", 90, 10), HubStatuses.Output("FilterModule", "filtered", 38), HubStatuses.Output("FilterModule", "invalid", 2)],
        [HubStatuses.Input("FilterModule", accepted: 110, acknowledged: 100, queued: 5, expired: 3, dropped: 2), HubStatuses.Cloud(40, 30, 10)],
        [],
        HubStatuses.Empty.Upstream);

    [Fact]
    public void Compare_BooksThatAgree_GivesNoDifference() => Assert.Empty(Books.Compare(Ledgers(Sensor, Filter), Hub));

    [Fact]
    public void Compare_NothingSentNorReceived_GivesNoDifference() =>
        Assert.Empty(Books.Compare(Ledgers("{}", "{}"), HubStatuses.Empty));

    [Theory]
    [InlineData("""{"received":100,"batched":60,"evicted":{"low":20,"normal":5},"held":10,"dropped":{"lostBatch":5}}""")]
    [InlineData("""{"received":90,"recovered":10,"batched":100}""")]
    public void Compare_ModuleThatPacks_AccountsForWhatItBatchedEvictedAndHolds(string ledger)
    {
        var hub = HubStatuses.Empty with { Endpoints = [HubStatuses.Input("UplinkModule", 0, 0)] };
        var differences = Books.Compare(new Dictionary<string, ModuleLedger> { ["UplinkModule"] = new(JObject.Parse(ledger)) }, hub);
        Assert.DoesNotContain(differences, difference => difference.Left == "received");
        var wrong = JObject.Parse(ledger);
        wrong["batched"] = wrong.Value<long>("batched") - 1;
        differences = Books.Compare(new Dictionary<string, ModuleLedger> { ["UplinkModule"] = new(wrong) }, hub);
        Assert.Contains("UplinkModule: 100 received, 99 accounted for by an outcome", differences.Select(difference => difference.ToString()));
    }

    /// <summary>Nobody keeps books for the user; what was sent by hand must still come out of the queue and into the module.</summary>
    [Theory]
    [InlineData(103, 100)]
    [InlineData(100, 97)]
    public void Compare_ReadingsSentByHand_AreCountedWhereTheyAreReceived(int acknowledged, int received)
    {
        var hub = Hub with
        {
            Outputs = [.. Hub.Outputs, HubStatuses.Output(InjectedMessage.Sender, "", 3)],
            Endpoints = [HubStatuses.Input("FilterModule", accepted: 113, acknowledged, queued: 113 - 5 - acknowledged, expired: 3, dropped: 2), Hub.Endpoints[1]],
        };
        var ledger = JObject.Parse(Filter);
        ledger["received"] = received;
        ledger["suppressed"]!["deadband"] = 50 + received - 100;
        Assert.Equal(
            [$"FilterModule: {received} received by the module, {acknowledged} acknowledged to the hub"],
            Books.Compare(Ledgers(Sensor, ledger.ToString()), hub).Select(difference => difference.ToString()));
        ledger["received"] = acknowledged;
        ledger["suppressed"]!["deadband"] = 50 + acknowledged - 100;
        Assert.Empty(Books.Compare(Ledgers(Sensor, ledger.ToString()), hub));
    }

    /// <summary>A counter of the filter's ledger, its wrong value, and the differences that follow.</summary>
    public static TheoryData<string, int, string[]> WrongLedgers => new()
    {
        { "sent.filtered", 39, ["FilterModule/outputs/filtered: 39 sent by the module, 38 accepted or unrouted by the hub"] },
        { "sent.other", 5, ["FilterModule/outputs/other: 5 sent by the module, 0 accepted or unrouted by the hub"] },
        { "received", 99, ["FilterModule: 99 received by the module, 100 acknowledged to the hub", "FilterModule: 99 received, 100 accounted for by an outcome"] },
        { "suppressed.deadband", 49, ["FilterModule: 100 received, 99 accounted for by an outcome"] },
        { "held", 6, ["FilterModule: 100 received, 102 accounted for by an outcome"] },
        { "evaluated", 1, ["FilterModule: 100 received, 101 accounted for by an outcome"] },
        { "redelivered", 50, [] },
        { "unsent", 50, [] },
    };

    [Theory]
    [MemberData(nameof(WrongLedgers))]
    public void Compare_WrongLedger_NamesTheDifference(string counter, int value, string[] differences)
    {
        var ledger = JObject.Parse(Filter);
        var parent = counter.Contains('.') ? (JObject)ledger[counter.Split('.')[0]]! : ledger;
        parent[counter.Split('.')[^1]] = value;
        Assert.Equal(differences, Books.Compare(Ledgers(Sensor, ledger.ToString()), Hub).Select(difference => difference.ToString()));
    }

    [Theory]
    [InlineData("summarized", 39)]
    [InlineData("open", 0)]
    [InlineData("forgotten", 1)]
    public void Compare_SummariesThatLackReadings_AreADifference(string counter, int value)
    {
        var ledger = JObject.Parse("""{"received":100,"folded":100,"summarized":60,"open":38,"forgotten":2,"sent":{"filtered":38,"invalid":2}}""");
        Assert.Empty(Books.Compare(Ledgers(Sensor, ledger.ToString()), Hub));
        ledger[counter] = value;
        var difference = Assert.Single(Books.Compare(Ledgers(Sensor, ledger.ToString()), Hub));
        Assert.StartsWith("FilterModule: 100 folded, ", difference.ToString());
    }

    [Fact]
    public void Compare_HubThatLosesMessages_NamesTheEndpoint()
    {
        var hub = Hub with { Endpoints = [Hub.Endpoints[0], HubStatuses.Cloud(40, 30, 8)] };
        var difference = Assert.Single(Books.Compare(Ledgers(Sensor, Filter), hub));
        Assert.Equal(("iothub", 2L), (difference.Place, difference.Readings));
    }

    [Fact]
    public void Compare_TwoDifferencesOfOppositeSign_AreNotSetOff()
    {
        var hub = Hub with { Outputs = [Hub.Outputs[0], HubStatuses.Output("FilterModule", "filtered", 35), HubStatuses.Output("FilterModule", "invalid", 5)] };
        Assert.Equal(6, Books.Compare(Ledgers(Sensor, Filter), hub).Sum(difference => difference.Readings));
    }

    [Fact]
    public void Compare_ModuleWithoutLedger_CountsAllItDid()
    {
        var ledgers = Ledgers(Sensor, Filter);
        ledgers.Remove("FilterModule");
        Assert.Equal(38 + 2 + 100, Books.Compare(ledgers, Hub).Sum(difference => difference.Readings));
    }

    [Theory]
    [InlineData("""{"received":5,"held":2}""", """{"received":6,"held":0}""")]
    [InlineData("""{"sent":{"a":5},"unsent":9}""", """{"sent":{"a":6},"unsent":0}""")]
    [InlineData("""{"summarized":5,"open":9}""", """{"summarized":6,"open":0}""")]
    public void Later_TwoLedgersOfOneModule_IsTheOneWithMoreInIt(string earlier, string later)
    {
        var (first, second) = (new ModuleLedger(JObject.Parse(earlier)), new ModuleLedger(JObject.Parse(later)));
        Assert.Same(second, ModuleLedger.Later(first, second));
        Assert.Same(second, ModuleLedger.Later(second, first));
    }

    private static Dictionary<string, ModuleLedger> Ledgers(string sensor, string filter) => new()
    {
        ["SensorModule"] = new ModuleLedger(JObject.Parse(sensor)),
        ["FilterModule"] = new ModuleLedger(JObject.Parse(filter)),
    };
}
