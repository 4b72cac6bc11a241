using EdgeSimulator.Linting;
using EdgeSimulator.Linting.Reports;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Linting;

/// <summary>
/// <c>broken/NAME.json</c> is a deployment with mistakes; <c>NAME.layer1.json</c>, … are laid over it; <c>NAME.expected.json</c> has every finding. One with
/// <c>"built": false</c> is looked at as if no module were built.
/// </summary>
public class BrokenManifestTests
{
    private static readonly string Folder = Path.Combine(LintRig.Root, "tests", "EdgeSimulator.Tests", "Linting", "broken");

    private static readonly List<string> All =
        [.. Directory.GetFiles(Folder, "*.expected.json").Select(file => Path.GetFileName(file)[..^".expected.json".Length]).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Names => new(All);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Lint_BrokenManifest_FindsEachMistakeAndNoOther(string name)
    {
        var expected = ReadExpected(name);
        string[] files = [Path.Combine(Folder, name + ".json"), .. Directory.GetFiles(Folder, name + ".layer*.json").Order(StringComparer.Ordinal)];
        var findings = await LintRig.LintAsync(expected.Value<bool?>("built") == false ? LintRig.NothingBuilt : LintRig.Programs, files);

        Assert.Equal(
            expected["findings"]!.Select(finding => $"{finding["severity"]} {finding["rule"]} {finding["path"]}"),
            findings.Select(finding => $"{TextReport.Word(finding.Severity)} {finding.Rule.Id} {finding.Path}"));
        Assert.All(findings, finding =>
        {
            Assert.InRange(finding.Place.Line, 1, int.MaxValue);
            Assert.InRange(finding.Place.Column, 1, int.MaxValue);
            Assert.All([finding.Message, finding.Why, finding.Mend], sentence => Assert.EndsWith(".", sentence));
        });
    }

    [Fact]
    public void Files_AreAllHeldToWhatIsExpected()
    {
        var names = Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileName(file).Split('.')[0]).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(All, names);
        Assert.InRange(All.Count, 20, int.MaxValue);
    }

    [Fact]
    public void Rules_HaveEachABrokenManifest()
    {
        var found = All.SelectMany(name => ReadExpected(name)["findings"]!).Select(finding => (string)finding["rule"]!).Distinct();
        Assert.Equal(LintRules.All.Select(rule => rule.Id).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static JObject ReadExpected(string name) => JObject.Parse(File.ReadAllText(Path.Combine(Folder, name + ".expected.json")));
}
