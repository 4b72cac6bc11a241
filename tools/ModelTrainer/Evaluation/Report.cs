using System.Globalization;
using Newtonsoft.Json.Linq;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>
/// How a model did. Rows are readings with a score; an event is a stretch of labelled readings of a device, an episode one of alarm. An event is found by an
/// alarm while it lasts or the window still holds it, which for an event of one reading is the only way.
/// </summary>
/// <param name="OverLimitShare">Share of normal rows whose score is over the limit, before the rule of several in a row.</param>
/// <param name="TailRows">Of the false rows those while the window still held an event.</param>
/// <param name="FoundLate">Events whose alarm came when they were over.</param>
/// <param name="FalseEpisodes">Episodes that meet no event, nor a window that holds one.</param>
/// <param name="DelaysSeconds">Of each event found, from its first labelled reading to the first with an alarm.</param>
public sealed record Report(
    int Devices,
    int Rows,
    int AnomalousRows,
    int TrueRows,
    int FalseRows,
    int TailRows,
    double OverLimitShare,
    int Events,
    int EventsFound,
    int FoundLate,
    int Episodes,
    int FalseEpisodes,
    IReadOnlyList<double> DelaysSeconds)
{
    public double RowF1 => F1(TrueRows, FalseRows, AnomalousRows - TrueRows);

    public double RowFalseAlarmRate => Share(FalseRows, Rows - AnomalousRows);

    public double RowMissedAlarmRate => Share(AnomalousRows - TrueRows, AnomalousRows);

    public double EventF1 => 2 * EventPrecision * EventRecall is > 0 and var product ? product / (EventPrecision + EventRecall) : 0;

    /// <summary>Share of the episodes that meet no event.</summary>
    public double EventFalseAlarmRate => Share(FalseEpisodes, Episodes);

    public double EventMissedAlarmRate => Share(Events - EventsFound, Events);

    public double MedianDelaySeconds => DelaysSeconds.Count == 0 ? 0 : DelaysSeconds.Order().ElementAt(DelaysSeconds.Count / 2);

    private double EventPrecision => Share(Episodes - FalseEpisodes, Episodes);

    private double EventRecall => Share(EventsFound, Events);

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
        ["events"] = Events,
        ["eventsFound"] = EventsFound,
        ["foundLate"] = FoundLate,
        ["episodes"] = Episodes,
        ["falseEpisodes"] = FalseEpisodes,
        ["eventF1"] = Rounded(EventF1),
        ["eventFalseAlarmRate"] = Rounded(EventFalseAlarmRate),
        ["eventMissedAlarmRate"] = Rounded(EventMissedAlarmRate),
        ["medianDelaySeconds"] = Rounded(MedianDelaySeconds),
    };

    public IEnumerable<string> ToLines()
    {
        var culture = CultureInfo.InvariantCulture;
        yield return string.Create(
            culture,
            $"  rows       {Rows} with a score, {AnomalousRows} labelled; over the limit {OverLimitShare:P2} of the normal ones");
        yield return string.Create(
            culture,
            $"  per row    F1 {RowF1:F3}, missed {RowMissedAlarmRate:P1}, false alarms {RowFalseAlarmRate:P2} ({TailRows} of {FalseRows} while a window still held an event)");
        yield return string.Create(
            culture,
            $"  per event  F1 {EventF1:F3}, {EventsFound} of {Events} found ({FoundLate} when it was over), {FalseEpisodes} of {Episodes} episodes false");
        if (DelaysSeconds.Count > 0)
            yield return string.Create(culture, $"  delay      median {MedianDelaySeconds:0.#} s, greatest {DelaysSeconds.Max():0.#} s");
    }

    private static double F1(int found, int wrong, int missed) => found == 0 ? 0 : 2.0 * found / (2.0 * found + wrong + missed);

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static double Rounded(double value) => Math.Round(value, 5);
}
