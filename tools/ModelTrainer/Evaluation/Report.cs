using System.Globalization;
using EdgeModules.Models.Evaluation;
using Newtonsoft.Json.Linq;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>How a model did. Rows are readings with a score.</summary>
/// <param name="OverLimitShare">Share of normal rows whose score is over the limit, before the rule of several in a row.</param>
/// <param name="TailRows">Of the false rows those while the window still held an event.</param>
public sealed record Report(
    int Devices,
    int Rows,
    int AnomalousRows,
    int TrueRows,
    int FalseRows,
    int TailRows,
    double OverLimitShare,
    EpisodeCounts Events)
{
    public double RowF1 => F1(TrueRows, FalseRows, AnomalousRows - TrueRows);

    public double RowFalseAlarmRate => Share(FalseRows, Rows - AnomalousRows);

    public double RowMissedAlarmRate => Share(AnomalousRows - TrueRows, AnomalousRows);

    public double EventF1 => 2 * EventPrecision * EventRecall is > 0 and var product ? product / (EventPrecision + EventRecall) : 0;

    /// <summary>Share of the episodes that meet no event.</summary>
    public double EventFalseAlarmRate => Share(Events.FalseEpisodes, Events.Episodes);

    public double EventMissedAlarmRate => Share(Events.Missed, Events.Events);

    private double EventPrecision => Share(Events.Episodes - Events.FalseEpisodes, Events.Episodes);

    private double EventRecall => Share(Events.Found, Events.Events);

    public JObject ToJson() => new()
    {
        ["devices"] = Devices,
        ["rows"] = Rows,
        ["anomalousRows"] = AnomalousRows,
        ["overLimitShare"] = Rounded(OverLimitShare),
        ["rowF1"] = Rounded(RowF1),
        ["rowFalseAlarmRate"] = Rounded(RowFalseAlarmRate),
        ["rowMissedAlarmRate"] = Rounded(RowMissedAlarmRate),
        ["tailRows"] = TailRows,
        ["events"] = Events.Events,
        ["eventsFound"] = Events.Found,
        ["foundLate"] = Events.FoundLate,
        ["episodes"] = Events.Episodes,
        ["falseEpisodes"] = Events.FalseEpisodes,
        ["eventF1"] = Rounded(EventF1),
        ["eventFalseAlarmRate"] = Rounded(EventFalseAlarmRate),
        ["eventMissedAlarmRate"] = Rounded(EventMissedAlarmRate),
        ["medianDelaySeconds"] = Rounded(Events.MedianDelaySeconds),
    };

    public IEnumerable<string> ToLines()
    {
        var culture = CultureInfo.InvariantCulture;
        yield return string.Create(
            culture,
            $"  rows       {Rows} with a score, {AnomalousRows} labelled; over the limit {OverLimitShare:P2} of the normal ones");
        yield return string.Create(
            culture,
            $"  per row    F1 {RowF1:F3}, missed {RowMissedAlarmRate:P1}, false alarms {RowFalseAlarmRate:P2} "
            + $"({TailRows} of {FalseRows} while a window still held an event)");
        yield return string.Create(
            culture,
            $"  per event  F1 {EventF1:F3}, {Events.Found} of {Events.Events} found ({Events.FoundLate} when it was over), "
            + $"{Events.FalseEpisodes} of {Events.Episodes} episodes false");
        if (Events.DelaysSeconds.Count > 0)
            yield return string.Create(culture, $"  delay      median {Events.MedianDelaySeconds:0.#} s, greatest {Events.DelaysSeconds.Max():0.#} s");
    }

    private static double F1(int found, int wrong, int missed) => found == 0 ? 0 : 2.0 * found / (2.0 * found + wrong + missed);

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static double Rounded(double value) => Math.Round(value, 5);
}
