using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Reports;

/// <summary>For pipelines: SARIF 2.1.0, as GitHub's code scanning and Azure Pipelines take it.</summary>
internal static class SarifReport
{
    private const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";
    private const string SourceRoot = "%SRCROOT%";

    public static string Write(IReadOnlyList<Finding> findings, string root, string directory)
    {
        var rules = LintRules.All.Select(rule => rule.Id).ToList();
        var run = new JObject
        {
            ["tool"] = new JObject { ["driver"] = Driver() },
            ["columnKind"] = "utf16CodeUnits",
            ["results"] = new JArray(findings.Select(finding => Result(finding, rules.IndexOf(finding.Rule.Id), UriOf(finding.File, root, directory)))),
        };
        return new JObject { ["$schema"] = Schema, ["version"] = "2.1.0", ["runs"] = new JArray(run) }.ToString(Formatting.Indented) + "\n";
    }

    private static JObject Driver() => new()
    {
        ["name"] = "EdgeSimulator lint",
        ["version"] = typeof(SarifReport).Assembly.GetName().Version!.ToString(3),
        ["rules"] = new JArray(LintRules.All.Select(rule => new JObject
        {
            ["id"] = rule.Id,
            ["shortDescription"] = new JObject { ["text"] = rule.Finds },
            ["fullDescription"] = new JObject { ["text"] = rule.Why },
            ["help"] = new JObject { ["text"] = rule.Mend },
            ["defaultConfiguration"] = new JObject { ["level"] = TextReport.Word(rule.Severity) },
        })),
    };

    private static JObject Result(Finding finding, int ruleIndex, string uri) => new()
    {
        ["ruleId"] = finding.Rule.Id,
        ["ruleIndex"] = ruleIndex,
        ["level"] = TextReport.Word(finding.Severity),
        ["message"] = new JObject { ["text"] = $"{finding.Message} {finding.Why} {finding.Mend}" },
        ["locations"] = new JArray(new JObject
        {
            ["physicalLocation"] = new JObject
            {
                ["artifactLocation"] = new JObject { ["uri"] = uri, ["uriBaseId"] = SourceRoot },
                ["region"] = new JObject { ["startLine"] = finding.Place.Line, ["startColumn"] = finding.Place.Column },
            },
            ["logicalLocations"] = new JArray(new JObject { ["fullyQualifiedName"] = finding.Path.Length == 0 ? "$" : finding.Path, ["kind"] = "property" }),
        }),
        // So that a finding stays the same one when lines move.
        ["partialFingerprints"] = new JObject { ["pathAndRule/v1"] = FingerprintOf(finding, uri) },
    };

    private static string UriOf(string file, string root, string directory)
    {
        var relative = Path.GetRelativePath(root, Path.GetFullPath(file, directory)).Replace('\\', '/');
        return string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));
    }

    private static string FingerprintOf(Finding finding, string uri) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Rule.Id}\n{uri}\n{finding.Path}\n{finding.Message}")))[..32];
}
