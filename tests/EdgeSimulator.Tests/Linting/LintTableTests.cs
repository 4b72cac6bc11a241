using EdgeSimulator.Linting;
using EdgeSimulator.Linting.Reports;

namespace EdgeSimulator.Tests.Linting;

/// <summary>The table of rules in the simulator's README is that of the code.</summary>
public class LintTableTests
{
    [Fact]
    public void Readme_Table_HasEveryRuleAsTheCodeHasIt()
    {
        var rows = File.ReadLines(Path.Combine(LintRig.Root, "simulator", "README.md"))
            .SkipWhile(line => line != "| rule | severity | finds | what comes of it |").Skip(2).TakeWhile(line => line.StartsWith('|')).ToList();
        Assert.Equal(LintRules.All.Select(RowOf).Order(StringComparer.Ordinal), rows);
    }

    [Fact]
    public void Rules_HaveIdsInKebabCaseOfTheirOwn()
    {
        Assert.All(LintRules.All, rule => Assert.Matches("^[a-z]+(-[a-z]+)*$", rule.Id));
        Assert.Equal(LintRules.All.Count, LintRules.All.Select(rule => rule.Id).Distinct().Count());
    }

    private static string RowOf(LintRule rule) =>
        $"| `{rule.Id}` | {TextReport.Word(rule.Severity)} | {rule.Finds} | {rule.Why.Replace("|", "\\|", StringComparison.Ordinal)} |";
}
