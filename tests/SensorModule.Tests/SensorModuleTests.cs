using System.Text;
using EdgeModules.Sensing.Faults;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

public class SensorModuleTests
{
    private static readonly SensorSettings Synthetic = new()
    {
        Mode = SourceMode.Synthetic,
        BatchSize = 40,
        Synthetic = new SyntheticSettings
        {
            Devices = 7,
            Readings = 500,
            Faults = new FaultSettings
            {
                DropOutRate = 0.2, StuckRate = 0.1, DriftRate = 0.1, ClockSkewRate = 0.1, SpikeRate = 0.1, NanRate = 0.05, DuplicateRate = 0.1, OutOfOrderRate = 0.1,
            },
        },
    };

    // With readings out of order the length belongs to the data: near the end none can be held back.
    private static readonly SensorSettings InOrder = Synthetic with
    {
        Synthetic = Synthetic.Synthetic with { Faults = Synthetic.Synthetic.Faults with { OutOfOrderRate = 0 } },
    };

    private static readonly SensorSettings Replay = new()
    {
        BatchSize = 40,
        Replay = new ReplaySettings { File = CsvFile.SensorNetwork, Speed = 0 },
    };

    [Fact]
    public void OnTick_OfTheShippedDataSet_SendsEveryReadingOnceAndEnds()
    {
        using var player = new Player(Replay with { BatchSize = 1_000, Replay = Replay.Replay with { Speed = 60 } });
        player.PlayToEnd();
        var lines = File.ReadAllLines(CsvFile.SensorNetwork)[1..];
        Assert.Equal(18_914, lines.Length);
        Assert.Equal(lines, player.Readings.Select(JObject.Parse).Select(reading => $"{reading["deviceId"]},{reading["zone"]},{reading["temperature"]},{reading["humidity"]}"));
        Assert.Equal(18_914, player.Ledger.Total("generated"));
        Assert.Equal(player.Readings.Sum(reading => (long)reading.Length), player.Ledger.Total("generatedBytes"));
        Assert.Equal("""{"state":"ended","mode":"replay","readings":18914}""", player.Source.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Null(player.NextTick);
    }

    [Fact]
    public void OnTick_Message_CarriesWhatRoutesAndReceiversNeed()
    {
        using var player = new Player(Synthetic);
        var message = player.PlayMessages(1).Sent[0].Message;
        Assert.Equal(("readings", "reading", "normal", true), (message.Output, message.MessageType, message.Priority, message.Recreatable));
        Assert.Equal(JArray.Parse(player.Sent[0].Body).Count, message.Count);
        Assert.InRange(message.MessageId!.Length, 1, 128);
        Assert.InRange(player.Saved!.Length, 1, 200);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 3)]
    [InlineData(false, 0)]
    [InlineData(false, 3)]
    public void Resume_AfterAKillAtAnyMessage_SendsWhatAnUndisturbedRunSends(bool isSynthetic, double speed)
    {
        using var file = new CsvFile([.. File.ReadLines(CsvFile.SensorNetwork).Take(700)]);
        var settings = isSynthetic
            ? Synthetic with { Synthetic = Synthetic.Synthetic with { Speed = speed } }
            : Replay with { Replay = new ReplaySettings { File = file.Path, Speed = speed * 100 } };
        using var undisturbed = new Player(settings);
        undisturbed.PlayToEnd();
        Assert.InRange(undisturbed.Sent.Count, 10, 1_000);
        for (var killed = 1; killed <= undisturbed.Sent.Count; killed++)
        {
            using var player = new Player(settings);
            player.PlayMessages(killed);
            var again = Assert.Single(player.CrashAndRecreate());
            Assert.Equal(player.Sent[^1].Body, again.Body);
            Assert.Equal(player.Sent[^1].Message.MessageId, again.Message.MessageId);
            Assert.Equal(player.Sent[^1].Message.Count, again.Message.Count);
            player.PlayToEnd();
            Assert.Equal(undisturbed.Sent.Select(sent => (sent.At, sent.Message.MessageId, sent.Body)), player.Sent.Select(sent => (sent.At, sent.Message.MessageId, sent.Body)));
        }
    }

    [Fact]
    public void Resume_AfterACleanStop_GoesOnBehindTheLastMessage()
    {
        using var player = new Player(Replay);
        player.PlayMessages(3).Restart().PlayMessages(5);
        using var undisturbed = new Player(Replay);
        undisturbed.PlayMessages(5);
        Assert.Equal(undisturbed.Readings, player.Readings);
    }

    [Fact]
    public void Snapshot_AfterMessages_RestoresAsTheChangesDo()
    {
        using var module = new SensorModule(
            new SensorTelemetry(Microsoft.Extensions.Logging.Abstractions.NullLogger<SensorTelemetry>.Instance), new TruthFile("nowhere"));
        Assert.Empty(module.Snapshot());
        var saved = new SensorState("0123456789abcdef", 10, 20, new TimeBase(5, 6), new Pacer(1, 2, 0.5), 3) { Truth = new TruthPosition("t.jsonl", 1, 2, 3) }.ToUtf8();
        module.ApplyChange(saved);
        Assert.Equal(saved, Assert.Single(module.Snapshot()).ToArray());
    }

    [Fact]
    public void RecreateOutputs_WhenTheFileIsNotWhatItWas_CountsTheReadingsAsDroppedAndStartsOver()
    {
        using var file = new CsvFile("deviceId,t", "a,1", "a,2", "a,3");
        using var player = new Player(new SensorSettings { BatchSize = 2, Replay = new ReplaySettings { File = file.Path, Speed = 0 } });
        player.PlayMessages(1);
        File.WriteAllText(file.Path, "deviceId,t\nb,1\n");
        Assert.Empty(player.CrashAndRecreate());
        Assert.Equal(2, player.Ledger.Total("dropped", "sourceChanged"));
        player.PlayToEnd();
        Assert.Equal("b", JObject.Parse(player.Readings[^1]).Value<string>("deviceId"));
    }

    [Theory]
    [InlineData(SourceMode.Synthetic)]
    [InlineData(SourceMode.Replay)]
    public void RecreateOutputs_WhenTheSettingsHaveChanged_KnowsThatAllWasSent(SourceMode mode)
    {
        using var player = new Player(mode == SourceMode.Synthetic ? Synthetic : Replay);
        player.PlayMessages(2).Set(settings => settings with
        {
            Replay = settings.Replay with { Epoch = new Epoch(0) },
            Synthetic = settings.Synthetic with { Seed = 9 },
        });
        Assert.Empty(player.CrashAndRecreate());
        Assert.Equal(0, player.Ledger.Total("dropped", "sourceChanged"));
        player.PlayMessages(3);
        Assert.Equal(0, SensorState.Parse(player.Saved).Start);
    }

    [Fact]
    public void RecreateOutputs_WhenTheFileIsGone_DoesNotThrow()
    {
        using var file = new CsvFile("deviceId,t", "a,1");
        using var player = new Player(new SensorSettings { Replay = new ReplaySettings { File = file.Path, Speed = 0 } });
        player.PlayToEnd();
        File.Delete(file.Path);
        Assert.Empty(player.CrashAndRecreate());
        Assert.Equal(1, player.Ledger.Total("dropped", "sourceChanged"));
        player.PlayToEnd();
        Assert.Equal("failed", player.Source.Value<string>("state"));
    }

    [Fact]
    public void OnSettings_OtherData_StartsThatSourceOver()
    {
        using var player = new Player(Synthetic);
        player.PlayMessages(2).Set(settings => settings with { Synthetic = settings.Synthetic with { Seed = 2 } }).PlayMessages(3);
        Assert.Equal(0, SensorState.Parse(player.Saved).Start);
        Assert.NotEqual(player.Sent[0].Readings[0], player.Sent[2].Readings[0]);
        Assert.Equal(3, player.Sent.Select(sent => sent.Message.MessageId).Distinct().Count());
    }

    [Fact]
    public void OnSettings_OnlyPaceOrBatches_GoesOn()
    {
        using var player = new Player(InOrder);
        player.PlayMessages(2).Set(settings => settings with { BatchSize = 10, LingerMilliseconds = 0, Synthetic = settings.Synthetic with { Speed = 9, Readings = 600 } });
        var reached = SensorState.Parse(player.Saved).End;
        player.PlayMessages(3);
        Assert.Equal(reached, SensorState.Parse(player.Saved).Start);
    }

    [Fact]
    public void OnSettings_AfterTheEnd_StaysEndedUntilThereIsMore()
    {
        using var player = new Player(InOrder);
        player.PlayToEnd().Set(settings => settings with { Synthetic = settings.Synthetic with { Speed = 5 } });
        Assert.Null(player.NextTick);
        player.Set(settings => settings with { Synthetic = settings.Synthetic with { Readings = 1_000 } }).PlayToEnd();
        using var whole = new Player(InOrder with { Synthetic = InOrder.Synthetic with { Readings = 1_000 } });
        Assert.Equal(whole.PlayToEnd().Ledger.Total("generated"), player.Ledger.Total("generated"));
    }

    [Fact]
    public void OnSettings_AnotherLengthWithReadingsOutOfOrder_StartsOver()
    {
        using var player = new Player(Synthetic);
        player.PlayMessages(2).Set(settings => settings with { Synthetic = settings.Synthetic with { Readings = 600 } }).PlayMessages(3);
        Assert.Equal(0, SensorState.Parse(player.Saved).Start);
    }

    [Fact]
    public void OnSettings_AfterAFailure_TriesAgain()
    {
        using var file = new CsvFile("deviceId,t", "a,no number");
        using var player = new Player(new SensorSettings { Replay = new ReplaySettings { File = file.Path, Speed = 0 } });
        player.PlayToEnd();
        Assert.Equal("failed", player.Source.Value<string>("state"));
        File.WriteAllText(file.Path, "deviceId,t\na,1\n");
        player.Set(settings => settings with { BatchSize = 5 }).PlayToEnd();
        Assert.Equal("ended", player.Source.Value<string>("state"));
        Assert.Null(player.Source.Value<string>("error"));
        Assert.Single(player.Readings);
    }

    [Fact]
    public void Reset_AfterTheEnd_SendsEverythingAgain()
    {
        using var player = new Player(Synthetic);
        player.PlayToEnd();
        var once = player.Readings.Count;
        player.Reset().PlayToEnd();
        Assert.Equal(2 * once, player.Readings.Count);
    }

    [Fact]
    public void Parse_OfAnythingElse_SaysWhatToDo()
    {
        var error = Assert.Throws<FormatException>(() => SensorState.Parse(Encoding.UTF8.GetBytes("""{"source":"x"}""")));
        Assert.Contains("resetState", error.Message, StringComparison.Ordinal);
    }
}
