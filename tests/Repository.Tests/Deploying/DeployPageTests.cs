using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests.Deploying;

/// <summary>The commands of docs/deploy.md and of the scripts: as bash and the Azure CLI read them.</summary>
public partial class DeployPageTests
{
    private const string Page = "docs/deploy.md";

    public static TheoryData<string> Pages => new(RepositoryFiles.Find("*.md").Where(page => Blocks(page).Any()));

    public static TheoryData<string> Scripts => new(RepositoryFiles.Find("*.sh"));

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public async Task ShellBlocks_OfAPage_AreBash(string page)
    {
        Bash.Require("bash");
        foreach (var block in Blocks(page)) Assert.Equal("", await Bash.MistakesInAsync(block));
    }

    [SkippableTheory]
    [MemberData(nameof(Scripts))]
    public async Task Script_IsBash(string script)
    {
        Bash.Require("bash");
        Assert.Equal("", await Bash.MistakesInAsync(RepositoryFiles.Read(script)));
    }

    [Theory]
    [InlineData(Page)]
    [InlineData("tools/deploy-layers.sh")]
    [InlineData("tools/smoke-test.sh")]
    [InlineData(".azure-pipelines/deploy.yml")]
    [InlineData("README.md")]
    public void AzCommands_OfAFile_AreTakenByTheAzureCli(string file) => Assert.Empty(AzCommands.MistakesIn(RepositoryFiles.Read(file)));

    [Fact]
    public void MistakesIn_CommandsWithMistakes_AreFound() =>
        Assert.Equal(
            ["az iot edge set-module is no command, or not in az-options.json", "az group create has no option --locatoin"],
            AzCommands.MistakesIn("az iot edge set-module --x 1\n  az group create --name '--y' \\\n  --locatoin \"a --b\" | az-not-this --z\n"));

    [SkippableFact]
    public async Task MistakesIn_BlockThatIsNoBash_IsFound()
    {
        Bash.Require("bash");
        Assert.Contains("syntax error", await Bash.MistakesInAsync("for a in b; do\n  echo \"$a\"\n"));
    }

    /// <summary>A page that names a file of the repository in a command names one that is there.</summary>
    [Fact]
    public void Files_OfThePage_AreThere()
    {
        var named = string.Join('\n', Blocks(Page)).Split([' ', '\n', '"'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith("deployments/", StringComparison.Ordinal) || word.StartsWith("tools/", StringComparison.Ordinal))
            .Where(word => !word.Contains('$'));
        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, file)), file));
    }

    private static IEnumerable<string> Blocks(string page) => ShellBlock().Matches(RepositoryFiles.Read(page)).Select(match => match.Groups["block"].Value);

    [GeneratedRegex(@"^ *```bash\n(?<block>.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ShellBlock();
}
