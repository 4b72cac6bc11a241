using System.Xml.Linq;
using EdgeModules.ModelTrainer.Data;
using EdgeModules.ModelTrainer.Evaluation;
using EdgeModules.ModelTrainer.Training;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Tests;

public class EvaluationTests
{
    private static readonly AlarmRule Rule = new(0.8, 0.7, 3);

    [Theory]
    [InlineData(Normalisation.Static)]
    [InlineData(Normalisation.Ewma)]
    public void Judge_OfReadingsUpToNow_IsThatOfAllReadings(string normalisation)
    {
        var options = Machines.Options(ModelFamilies.LinearAutoencoder) with { Normalisation = normalisation, HalfLifeReadings = 100 };
        var trained = Trainer.Train(Machines.Normal, options);
        using var runner = new ModelRunner(trained.File, trained.Manifest);
        var whole = Evaluator.Judge(Machines.WithFault, trained.Manifest, runner, Rule).First().Readings;
        foreach (var length in new[] { 1, 8, 150, 201, 205, 230, 399 })
        {
            var cut = Machines.WithFault with { Devices = [Cut(Machines.WithFault.Devices[0], length)] };
            Assert.Equal(whole.Take(length), Evaluator.Judge(cut, trained.Manifest, runner, Rule).Single().Readings);
        }
    }

    [Fact]
    public void Of_AFaultThatStandsOut_IsOneEventFoundWithItsDelay()
    {
        var trained = Trainer.Train(Machines.Normal, Machines.Options(ModelFamilies.LinearAutoencoder));
        using var runner = new ModelRunner(trained.File, trained.Manifest);
        var report = Reporter.Of([.. Evaluator.Judge(Machines.WithFault, trained.Manifest, runner, new AlarmRule(0.98, 0.9, 3))], 0.98, 8, (_, _) => true);
        Assert.Equal((1, 1, 20), (report.Events.Events, report.Events.Found, report.AnomalousRows));
        Assert.Equal([2.0], report.Events.DelaysSeconds);
    }

    [Fact]
    public void Of_HandMadeJudgements_CountsRowsEventsAndTails()
    {
        // Rows:     0 1 2 3 4 5 6 7 8 9
        // labelled:     x x         x
        // alarm:          x x   x
        // score:    none at 0, 0.9 in alarm and at 9, else 0.1
        bool[] labels = [false, false, true, true, false, false, false, false, true, false];
        bool[] alarms = [false, false, false, true, true, false, true, false, false, false];
        var readings = Enumerable.Range(0, 10)
            .Select(n => new Judgement(n + 1, n * 1_000, n == 0 ? null : alarms[n] || n == 9 ? 0.9 : 0.1, alarms[n], labels[n]))
            .ToList();

        var report = Reporter.Of([new DeviceJudgements("a", readings)], 0.8, window: 2, (_, _) => true);

        Assert.Equal((9, 3, 1, 2, 1), (report.Rows, report.AnomalousRows, report.TrueRows, report.FalseRows, report.TailRows));
        var counts = report.Events;
        Assert.Equal((2, 1, 0, 2, 1), (counts.Events, counts.Found, counts.FoundLate, counts.Episodes, counts.FalseEpisodes));
        Assert.Equal([1.0], report.Events.DelaysSeconds);
        Assert.Equal(0.5, report.OverLimitShare, 1e-9);
        Assert.Equal(1.0 / 3, report.RowF1, 1e-9);
        Assert.Equal((1.0 / 3, 2.0 / 3), (report.RowFalseAlarmRate, report.RowMissedAlarmRate));
        Assert.Equal((0.5, 0.5, 0.5), (report.EventF1, report.EventFalseAlarmRate, report.EventMissedAlarmRate));
    }

    [Fact]
    public void Of_AnAlarmAfterAShortEvent_FindsItWhileTheWindowHoldsIt()
    {
        var readings = Enumerable.Range(0, 8).Select(n => new Judgement(n + 1, n * 1_000, 0.9, n is 3 or 6, n == 1)).ToList();
        var report = Reporter.Of([new DeviceJudgements("a", readings)], 0.8, window: 3, (_, _) => true);
        var counts = report.Events;
        Assert.Equal((1, 1, 1, 2, 1), (counts.Events, counts.Found, counts.FoundLate, counts.Episodes, counts.FalseEpisodes));
        Assert.Equal([2.0], report.Events.DelaysSeconds);
    }

    [Fact]
    public void Of_LastRowsOnly_LeavesOutWhatBeganBefore()
    {
        var readings = Enumerable.Range(0, 6).Select(n => new Judgement(n + 1, n * 1_000, 0.9, n is 1 or 2 or 4, n is 1 or 2)).ToList();
        var report = Reporter.Of([new DeviceJudgements("a", readings)], 0.8, 1, (_, index) => index >= 2);
        Assert.Equal((4, 0, 1, 1), (report.Rows, report.Events.Events, report.Events.Episodes, report.Events.FalseEpisodes));
    }

    [Theory]
    [InlineData(new[] { 0.9, 0.9, 0.75, 0.9, 0.9, 0.9, 0.75, 0.7, 0.9 }, new[] { 5, 6 })]
    [InlineData(new[] { 0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.9 }, new[] { 2, 6 })]
    [InlineData(new[] { 0.8, 0.8, 0.8, 0.8 }, new int[0])]
    public void IsOn_OfScores_IsAsTheRuleOfTheAlertModule(double[] scores, int[] expected)
    {
        var (run, isOn) = (0, false);
        var on = new List<int>();
        for (var index = 0; index < scores.Length; index++)
        {
            run = scores[index] > Rule.Limit ? run + 1 : 0;
            isOn = Rule.IsOn(isOn, scores[index], run);
            if (isOn) on.Add(index);
        }

        Assert.Equal(expected, on);
    }

    [Fact]
    public void Add_AfterAGapOrMissingValues_BeginsAnewOrHolds()
    {
        var manifest = Trainer.Train(Machines.Normal, Machines.Options(ModelFamilies.Pca)).Manifest with
        {
            Window = new ModelWindow(2, 1_000),
            Features = [new ModelFeature("temperature", Max: 100), new ModelFeature("humidity")],
            Normalisation = new Normalisation { Kind = Normalisation.None },
        };
        var stream = new WindowStream(manifest);
        Assert.False(stream.Add(0, [1, 2], false));
        Assert.True(stream.Add(1_000, [3, 4], false));
        Assert.True(stream.Add(2_000, [500, 6], false));
        Assert.Equal([3, 4, 3, 6], stream.Raw.ToArray());
        Assert.True(stream.Add(7_000, [7, 8], false));
        Assert.False(stream.Add(12_001, [9, 10], false));
        Assert.True(stream.Add(13_000, [float.NaN, 11], false));
        Assert.Equal([9, 10, 9, 11], stream.Raw.ToArray());
        for (var held = 2; held <= WindowStream.MaxHeld; held++) Assert.True(stream.Add(13_000 + held, [float.NaN, 11], false));
        Assert.False(stream.Add(14_000, [float.NaN, 11], false));
        Assert.False(stream.Add(15_000, [1, 11], false));
        Assert.True(stream.Add(16_000, [1, 11], false));
    }

    [Fact]
    public void Draw_OfJudgements_ShadesEventsAndAlarms()
    {
        var readings = Enumerable.Range(0, 5_000)
            .Select(n => new Judgement(n + 1, n, n < 10 ? null : n == 2_500 ? 0.99 : 0.2, n is 100 or 2_500, n is >= 2_400 and < 2_600))
            .ToList();
        var svg = XDocument.Parse(ScorePicture.Draw("a < b", new DeviceJudgements("m-1", readings), 0.8));
        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(["white", "#f9d5d3", "#c0392b", "#c0392b"], svg.Root!.Elements(ns + "rect").Select(rect => rect.Attribute("fill")!.Value));
        // 300 − 0.99 × 260: the one peak is drawn though four readings share a column.
        Assert.Contains("42.6", svg.Root.Element(ns + "path")!.Attribute("d")!.Value);
    }

    private static DeviceSeries Cut(DeviceSeries device, int length) =>
        new(device.Id, device.Rows[..length], device.Times[..length], device.Values[..(2 * length)], device.Labels[..length]);
}
