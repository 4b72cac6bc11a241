using System.Text.RegularExpressions;
using EdgeModules.Hosting;

namespace EdgeModules.Repository.Tests;

/// <summary>docs/operations.md against the code.</summary>
public partial class OperationsPageTests
{
    private const string Page = "docs/operations.md";

    /// <summary>The names are in one file only, as keys of the configuration.</summary>
    [Fact]
    public void EnvironmentVariables_OfThePage_AreThoseThatTheCodeReads()
    {
        var code = RepositoryFiles.Read("libs/EdgeModules.Hosting/ModuleEnvironment.cs");
        var read = Variable().Matches(code).Select(match => match.Groups["name"].Value).Distinct();
        var rows = RepositoryFiles.Table(RepositoryFiles.Section(Page, "## Environment variables"), "variable", "default", "meaning");
        Assert.Equal(read.Order(StringComparer.Ordinal), rows.Select(row => RepositoryFiles.WithoutTicks(row[0])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LedgerEntries_OfThePage_HaveThoseOfTheCode()
    {
        var rows = RepositoryFiles.Table(RepositoryFiles.Section(Page, "## The ledger"), "entry", "of", "meaning");
        var entries = rows.Select(row => RepositoryFiles.WithoutTicks(row[0])).ToList();
        string[] house = [Ledger.Received, Ledger.Redelivered, Ledger.Forwarded, Ledger.Suppressed, Ledger.Invalid, Ledger.Dropped, Ledger.Sent];
        Assert.All(house, entry => Assert.Contains(entries, row => row == entry || row.StartsWith(entry + "{", StringComparison.Ordinal)));
    }

    [GeneratedRegex("""(?:variables\[|Required\(|ReadPort\(variables, )"(?<name>\w+)"[\]),]""")]
    private static partial Regex Variable();
}
