using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests;

public partial class MarkdownLinkTests
{
    public static TheoryData<string> Pages => new(RepositoryFiles.Find("*.md"));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_IntoTheRepository_LeadToSomething(string page) => Assert.Empty(DeadLinks(page, RepositoryFiles.Read(page)));

    [Fact]
    public void DeadLinks_OfAPageWithSome_AreFound()
    {
        const string Page = """
            [well](STYLE.md) [gone](gone.md) ![picture](gone.png "title") [web](https://example.com/gone) [here](#here) [deep](../README.md#no-such-heading)
            `[code](gone-too.md)`
            ```
            [block](gone-too.md)
            ```
            ## Here
            """;

        Assert.Equal(["STYLE.md", "gone.md", "gone.png", "../README.md#no-such-heading"], DeadLinks("docs/made-up.md", Page));
    }

    private static IEnumerable<string> DeadLinks(string page, string text)
    {
        var prose = Code().Replace(text, "");
        foreach (var target in Link().Matches(prose).Select(match => match.Groups["target"].Value))
        {
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
            var parts = target.Split('#', 2);
            var path = Path.GetFullPath(Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0])));
            var isThere = parts[0].Length == 0 || File.Exists(path) || Directory.Exists(path);
            if (isThere && parts is [_, { Length: > 0 } anchor]) isThere = Anchors(parts[0].Length == 0 ? text : File.ReadAllText(path)).Contains(anchor);
            if (!isThere) yield return target;
        }
    }

    /// <summary>Of the headings, as GitHub and Azure DevOps name them.</summary>
    private static IEnumerable<string> Anchors(string text) =>
        from line in text.Split('\n')
        where line.StartsWith('#')
        select NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("^```.*?^```|`[^`\n]+`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)(\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
