using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests.Security;

/// <summary>Each test that docs/security.md and docs/reliability.md name for what they claim is there.</summary>
public partial class TestedClaimsTests
{
    private static readonly string Tests = string.Join(
        '\n', RepositoryFiles.Find("*.cs").Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).Select(RepositoryFiles.Read));
    private static readonly HashSet<string> Classes = [.. Class().Matches(Tests).Select(match => match.Groups["name"].Value)];
    private static readonly HashSet<string> Methods = [.. Method().Matches(Tests).Select(match => match.Groups["name"].Value)];

    [Theory]
    [InlineData("docs/security.md", 40)]
    [InlineData("docs/reliability.md", 20)]
    public void Page_NamesTests_ThatAreThere(string page, int least)
    {
        var named = NamesIn(RepositoryFiles.Read(page)).ToList();
        Assert.True(named.Count >= least, $"{page} names {named.Count} tests.");
        Assert.DoesNotContain(named, name => !IsThere(name));
    }

    /// <summary>A row without a test says so in words.</summary>
    [Fact]
    public void Rows_OfTheThreatTable_NameATestOrSayThatThereIsNone()
    {
        var rows = RepositoryFiles.Table(
            RepositoryFiles.Section("docs/security.md", "## Threats"), "asset and threat", "what holds", "tested by", "what remains");
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.Equal(4, row.Length);
            Assert.True(NamesIn(row[2]).Any() || row[2].StartsWith("not here", StringComparison.Ordinal), $"{row[0]}: {row[2]}");
            Assert.NotEqual("", row[3]);
        });
    }

    [Theory]
    [InlineData("`TestedClaimsTests`", true)]
    [InlineData("`TestedClaimsTests.IsThere_OfSuchNames_IsWhetherTheyAre`", true)]
    [InlineData("`TestedClaimsTests.IsThere_Of…`", true)]
    [InlineData("`GoneTests`", false)]
    [InlineData("`TestedClaimsTests.Gone_Test_IsGone`", false)]
    [InlineData("`TestedClaimsTests.Gone_…`", false)]
    public void IsThere_OfSuchNames_IsWhetherTheyAre(string text, bool isThere) => Assert.Equal(isThere, IsThere(Assert.Single(NamesIn(text))));

    private static IEnumerable<(string Class, string Method)> NamesIn(string text) =>
        Named().Matches(text).Select(match => (match.Groups["class"].Value, match.Groups["method"].Value));

    private static bool IsThere((string Class, string Method) name)
    {
        if (!Classes.Contains(name.Class)) return false;
        return name.Method.EndsWith('…') ? Methods.Any(method => method.StartsWith(name.Method.TrimEnd('…'), StringComparison.Ordinal))
            : name.Method.Length == 0 || Methods.Contains(name.Method);
    }

    [GeneratedRegex(@"`(?<class>\w+(?:Tests|Contract|Scenarios))(?:\.(?<method>[\w…]+))?`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\bclass (?<name>\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"\bpublic (?:static )?(?:async )?(?:void|Task) (?<name>\w+)\(")]
    private static partial Regex Method();
}
