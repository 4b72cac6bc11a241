using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Reports;

/// <summary>For scripts: an array of findings.</summary>
internal static class JsonReport
{
    public static string Write(IReadOnlyList<Finding> findings) => new JArray(findings.Select(ToJson)).ToString(Formatting.Indented) + "\n";

    private static JObject ToJson(Finding finding) => new()
    {
        ["rule"] = finding.Rule.Id,
        ["severity"] = TextReport.Word(finding.Severity),
        ["file"] = finding.File,
        ["line"] = finding.Place.Line,
        ["column"] = finding.Place.Column,
        ["path"] = finding.Path,
        ["message"] = finding.Message,
        ["why"] = finding.Why,
        ["mend"] = finding.Mend,
    };
}
