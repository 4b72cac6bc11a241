using EdgeModules.Sensing.Faults;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Sensing.Tests;

public sealed class TruthFileTests : IDisposable
{
    private const string Name = "truth.jsonl";
    private static readonly InjectedFault Fault = new(FaultKind.Spike, "d", "t", 1, 1, 0, 2.5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_Faults_WritesALineEach()
    {
        using var truth = Opened(null);
        truth.Append([Fault, Fault with { Metric = null, Amount = null }], "ab");
        Assert.Equal(
            [
                """{"sequence":0,"source":"ab","kind":"spike","deviceId":"d","metric":"t","from":1,"to":1,"reading":0,"amount":2.5}""",
                """{"sequence":1,"source":"ab","kind":"spike","deviceId":"d","from":1,"to":1,"reading":0}""",
            ],
            Lines());
    }

    [Fact]
    public void Open_BehindWhatWasSaved_CutsOffTheRest()
    {
        using var truth = Opened(null);
        truth.Append([Fault], "ab");
        var saved = truth.Position;
        truth.Append([Fault, Fault], "ab");
        Assert.Equal(0, truth.Open(Name, saved));
        Assert.Single(Lines());
        truth.Append([Fault], "ab");
        Assert.Equal([0, 1], Lines().Select(line => TruthLine.Parse(line).Sequence));
    }

    [Fact]
    public void Open_OfAFileThatLostItsEnd_SaysHowMuchAndGoesOn()
    {
        using var truth = Opened(null);
        truth.Append([Fault, Fault], "ab");
        var saved = truth.Position;
        truth.Close();
        using (var file = File.OpenWrite(_folder.File(Name))) file.SetLength(saved!.Length / 2);
        Assert.Equal(saved.Length / 2, truth.Open(Name, saved));
        truth.Append([Fault], "ab");
        Assert.Equal([0, 2], Lines().Select(line => TruthLine.Parse(line).Sequence));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("other.jsonl")]
    public void Open_WithNothingSavedOfIt_BeginsAnew(string? saved)
    {
        File.WriteAllText(_folder.File(Name), "old\n");
        File.WriteAllText(_folder.File("truth.12.jsonl"), "old\n");
        File.WriteAllText(_folder.File("truth.mine.jsonl"), "mine\n");
        using var truth = Opened(saved is null ? null : new TruthPosition(saved, 3, 4, 5));
        truth.Append([Fault], "ab");
        Assert.Equal(0, TruthLine.Parse(Assert.Single(Lines())).Sequence);
        Assert.Equal(["truth.jsonl", "truth.mine.jsonl"], Files());
    }

    [Fact]
    public void Append_ToAFullFile_BeginsAnotherAndKeepsThree()
    {
        using var truth = Opened(null, segmentBytes: 250);
        for (var i = 0; i < 13; i++) truth.Append([Fault], "ab");
        Assert.Equal(["truth.4.jsonl", "truth.5.jsonl", "truth.6.jsonl", "truth.jsonl"], Files());
        var lines = Files().SelectMany(file => File.ReadAllLines(_folder.File(file)));
        Assert.Equal([6, 7, 8, 9, 10, 11, 12], lines.Select(line => TruthLine.Parse(line).Sequence));
        Assert.Equal((6, 13L), (truth.Position!.Segment, truth.Position.Sequence));
    }

    [Fact]
    public void Open_AfterACrashBetweenANewFileAndTheSave_GoesBackToTheFullOne()
    {
        using var truth = Opened(null, segmentBytes: 250);
        truth.Append([Fault], "ab");
        truth.Append([Fault], "ab");
        var saved = truth.Position;
        truth.Append([Fault], "cd");
        Assert.Equal(["truth.1.jsonl", "truth.jsonl"], Files());
        truth.Open(Name, saved);
        Assert.Equal(["truth.jsonl"], Files());
        truth.Append([Fault], "ef");
        var lines = Files().SelectMany(file => File.ReadAllLines(_folder.File(file))).Select(TruthLine.Parse);
        Assert.Equal([(0L, "ab"), (1L, "ab"), (2L, "ef")], lines.Select(line => (line.Sequence, line.Source)));
    }

    [Fact]
    public void Tick_WhenTheTruthCannotBeWritten_SendsNothingUntilItCan()
    {
        var synthetic = new SyntheticSettings { Devices = 2, Readings = 40, Speed = 0, Faults = new FaultSettings { SpikeRate = 0.5 } };
        using var player = new Player(new SensorSettings { Mode = SourceMode.Synthetic, BatchSize = 10, TruthFile = Name, Synthetic = synthetic });
        // A folder in its place.
        var inTheWay = Directory.CreateDirectory(Path.Combine(player.Folder, Name));
        player.PlayUntil(Player.T0.AddSeconds(10));
        Assert.Empty(player.Sent);
        Assert.Equal(Player.T0.AddSeconds(11), player.NextTick);
        inTheWay.Delete();
        player.PlayToEnd();
        Assert.Equal(40, player.Readings.Count);
        Assert.Equal(player.Ledger.Total("faults", "spike"), player.Truth().Count);
    }

    [Fact]
    public void OnSettings_AnotherTruthFile_GoesOnThereWithTheSameData()
    {
        var synthetic = new SyntheticSettings { Devices = 2, Readings = 400, Speed = 0, Faults = new FaultSettings { SpikeRate = 0.5 } };
        using var player = new Player(new SensorSettings { Mode = SourceMode.Synthetic, BatchSize = 10, TruthFile = Name, Synthetic = synthetic });
        player.PlayMessages(20).Set(settings => settings with { TruthFile = "second.jsonl" }).PlayMessages(30);
        player.Set(settings => settings with { TruthFile = null }).PlayToEnd();
        Assert.Equal(400, player.Readings.Count);
        Assert.Equal(player.Truth().Count, player.Truth().Select(TruthLine.Parse).Count(line => line.Reading < 100));
        Assert.All(player.Truth("second.jsonl").Select(TruthLine.Parse), line => Assert.InRange(line.Reading, 100, 149));
        Assert.Equal(0, TruthLine.Parse(player.Truth("second.jsonl")[0]).Sequence);
        Assert.Null(SensorState.Parse(player.Saved).Truth);
    }

    [Fact]
    public void Reset_AfterTheEnd_BeginsTheTruthAnewWithTheData()
    {
        var synthetic = new SyntheticSettings { Devices = 2, Readings = 40, Speed = 0, Epoch = new Epoch(0), Faults = new FaultSettings { SpikeRate = 0.5 } };
        using var player = new Player(new SensorSettings { Mode = SourceMode.Synthetic, TruthFile = Name, Synthetic = synthetic }).PlayToEnd();
        var once = player.Truth();
        player.Reset().PlayToEnd();
        Assert.Equal(once, player.Truth());
    }

    private TruthFile Opened(TruthPosition? saved, long segmentBytes = TruthFile.SegmentBytes)
    {
        var truth = new TruthFile(_folder.Path, segmentBytes);
        truth.Open(Name, saved);
        return truth;
    }

    private string[] Lines() => File.ReadAllLines(_folder.File(Name));

    private IEnumerable<string> Files() => Directory.GetFiles(_folder.Path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
}
