using System.Text;

namespace EdgeSimulator.Linting.Reports;

/// <summary>For people: by file, in the order of its lines.</summary>
internal static class TextReport
{
    public static string Write(IReadOnlyList<Finding> findings, int files)
    {
        var text = new StringBuilder();
        foreach (var file in findings.GroupBy(finding => finding.File))
        {
            text.AppendLine(file.Key);
            foreach (var finding in file)
            {
                text.AppendLine($"  {finding.Place.Line}:{finding.Place.Column} {Word(finding.Severity)} {finding.Rule.Id}: {finding.Message}");
                if (finding.Path.Length > 0) text.AppendLine($"      at    {finding.Path}");
                text.AppendLine($"      why   {finding.Why}");
                text.AppendLine($"      mend  {finding.Mend}");
            }
        }

        return text.AppendLine(Sum(findings, files)).ToString();
    }

    public static string Sum(IReadOnlyList<Finding> findings, int files)
    {
        var counts = Enum.GetValues<Severity>().OrderDescending()
            .Select(severity => Count(findings.Count(finding => finding.Severity == severity), Word(severity)));
        return $"{string.Join(", ", counts)} in {Count(files, "file")}.";
    }

    public static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
