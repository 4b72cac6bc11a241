using System.Globalization;
using System.Text;
using EdgeModules.Models.Evaluation;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>An SVG of a device's scores over time: labelled stretches shaded, alarms as bars below, the limit as a line.</summary>
internal static class ScorePicture
{
    private const int Width = 1_200;
    private const int Height = 360;
    private const int Left = 50;
    private const int Top = 40;
    private const int Bottom = 300;

    public static string Draw(string title, DeviceJudgements device, double limit)
    {
        var readings = device.Readings;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">
            <rect width="{Width}" height="{Height}" fill="white"/>
            <text x="{Left}" y="22" font-size="15">{System.Security.SecurityElement.Escape($"{title}: {device.Device}")}</text>

            """);
        foreach (var (from, to) in EpisodeCounter.Stretches(readings, reading => reading.IsAnomaly))
            Box(svg, X(from, readings), X(to + 1, readings), Top, Bottom, "#f9d5d3");
        foreach (var (from, to) in EpisodeCounter.Stretches(readings, reading => reading.IsAlarm))
            Box(svg, X(from, readings), X(to + 1, readings), Bottom + 8, Bottom + 18, "#c0392b");
        foreach (var value in new[] { 0, 0.5, 1 })
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{value}</text>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<line x1=\"{Left}\" x2=\"{Width - 20}\" y1=\"{Y(limit):0.#}\" y2=\"{Y(limit):0.#}\" stroke=\"#c0392b\" stroke-dasharray=\"6 4\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{Band(readings)}\" fill=\"none\" stroke=\"#1f4e79\" stroke-width=\"1\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Height - 12}\">row {readings[0].Row}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - 20}\" y=\"{Height - 12}\" text-anchor=\"end\">row {readings[^1].Row}</text>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Width / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">score; dashed: limit; shaded: labelled; red below: alarm</text>\n");
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>For each column of the picture its least and its greatest score: no peak is lost, however many readings there are.</summary>
    private static string Band(IReadOnlyList<Judgement> readings)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        foreach (var column in Enumerable.Range(0, readings.Count).GroupBy(index => (int)X(index, readings)))
        {
            var scores = column.Select(index => readings[index].Score).OfType<double>().ToList();
            if (scores.Count > 0)
                path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{column.Key} {Y(scores.Min()):0.#}L{column.Key} {Y(scores.Max()):0.#}");
            isDrawing = scores.Count > 0;
        }

        return path.ToString();
    }

    private static void Box(StringBuilder svg, double from, double to, int top, int bottom, string colour) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<rect x=\"{from:0.#}\" y=\"{top}\" width=\"{Math.Max(to - from, 1):0.#}\" height=\"{bottom - top}\" fill=\"{colour}\"/>\n");

    private static double X(int index, IReadOnlyList<Judgement> readings) => Left + (double)index / readings.Count * (Width - Left - 20);

    private static double Y(double score) => Bottom - score * (Bottom - Top);

}
