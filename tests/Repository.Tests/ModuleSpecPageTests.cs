using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests;

/// <summary>The code of docs/module-spec.md is that of the folder ModuleSpec, which is compiled and tested here.</summary>
public partial class ModuleSpecPageTests
{
    private static readonly string Compiled = string.Concat(
        from file in RepositoryFiles.Find("*")
        where file.StartsWith("tests/Repository.Tests/ModuleSpec/", StringComparison.Ordinal)
        select WithoutBlanks(RepositoryFiles.Read(file)));

    public static TheoryData<string> Blocks => new(Block().Matches(RepositoryFiles.Read("docs/module-spec.md")).Select(match => match.Groups["code"].Value));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Block_OfThePage_IsCompiledAndTested(string code) => Assert.Contains(WithoutBlanks(code), Compiled);

    private static string WithoutBlanks(string text) => Blanks().Replace(text, "");

    [GeneratedRegex(@"^```(csharp|json)\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
