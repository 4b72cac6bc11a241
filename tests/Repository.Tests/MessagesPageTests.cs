using System.Reflection;
using EdgeModules.Messages;

namespace EdgeModules.Repository.Tests;

/// <summary>The lists of docs/messages.md against those of the code.</summary>
public class MessagesPageTests
{
    private const string Page = "docs/messages.md";

    [Fact]
    public void ReservedNames_OfThePage_AreThoseOfTheCode()
    {
        var rows = RepositoryFiles.Table(RepositoryFiles.Section(Page, "## Reserved metric names"), "name", "field of");
        Assert.Equal(ReservedNames.All.Order(StringComparer.Ordinal), rows.Select(row => RepositoryFiles.WithoutTicks(row[0])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void InvalidReasons_OfThePage_AreThoseOfTheCode()
    {
        var rows = RepositoryFiles.Table(RepositoryFiles.Section(Page, "## Invalid items"), "reason", "what was found", "path");
        Assert.Equal(Constants(typeof(InvalidReasons)), rows.Select(row => RepositoryFiles.WithoutTicks(row[0])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ApplicationProperties_OfThePage_AreThoseOfTheCode()
    {
        var rows = RepositoryFiles.Table(RepositoryFiles.Section(Page, "## Properties"), "property", "value");
        Assert.Equal(Constants(typeof(ApplicationProperties)), rows.Select(row => RepositoryFiles.WithoutTicks(row[0])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Limits_OfThePage_AreThoseOfTheCode()
    {
        var rows = RepositoryFiles.Table(RepositoryFiles.Section(Page, "## Sizes"), "limit", "what", "beyond it");
        Assert.Equal(
            ["261,900 bytes", "250,000 bytes", "249,998 bytes", "128 characters", "256 metrics"],
            rows.Select(row => row[0]));
        Assert.Equal(
            [261_900, 250_000, 249_998, 128, 256],
            [MessageLimits.BodyAndProperties, MessageLimits.EmittedBody, MessageLimits.EmittedItem, MessageLimits.NameCharacters, MessageLimits.Metrics]);
    }

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal);
}
