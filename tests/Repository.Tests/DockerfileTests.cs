using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests;

/// <summary>
/// Dockerfiles cannot include each other, so what all images have in common is written in each: these tests hold them to the one of the FilterModule.
/// What a module has of its own is a paragraph, or a line, that begins with <c># Only NAMEModule:</c>.
/// </summary>
public sealed partial class DockerfileTests
{
    private const string Pattern = "FilterModule";
    private static readonly string[] Platforms = ["amd64", "arm64v8", "arm32v7", "amd64.debug"];

    public static TheoryData<string, string> Dockerfiles
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var module in RepositoryFiles.Modules)
            {
                foreach (var platform in PlatformsOf(module)) files.Add(module, platform);
            }

            return files;
        }
    }

    [Fact]
    public void ModuleJson_OfEveryModule_NamesItsDockerfilesForEveryPlatform()
    {
        foreach (var module in RepositoryFiles.Modules)
        {
            var platforms = (JObject)JObject.Parse(RepositoryFiles.Read($"modules/{module}/module.json")).SelectToken("image.tag.platforms")!;
            var files = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "modules", module), "Dockerfile.*").Select(file => $"./{Path.GetFileName(file)}");

            // ONNX Runtime has no library for 32-bit ARM.
            var expected = Platforms.Where(platform => (module, platform) is not ("InferenceModule", "arm32v7"));
            Assert.Equal(expected.Order(), platforms.Properties().Select(platform => platform.Name).Order());
            Assert.All(platforms.Properties(), platform => Assert.Equal($"./Dockerfile.{platform.Name}", (string?)platform.Value));
            Assert.Equal(files.Order(), platforms.Properties().Select(platform => (string)platform.Value!).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Dockerfile_OfAnyModule_IsThatOfTheFilterModuleButForItsOwnPart(string module, string platform)
    {
        Assert.Equal(Common(Pattern, platform), Common(module, platform));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Dockerfile_OfAnyPlatform_IsThatOfAmd64ButForItsNames(string module, string platform)
    {
        if (platform == "amd64.debug") return;
        var text = Read(module, platform)
            .Replace("linux/arm64", "linux/amd64", StringComparison.Ordinal)
            .Replace("linux/arm/v7", "linux/amd64", StringComparison.Ordinal)
            .Replace("aarch64-linux-gnu", "x86_64-linux-gnu", StringComparison.Ordinal)
            .Replace("arm-linux-gnueabihf", "x86_64-linux-gnu", StringComparison.Ordinal);
        text = Architecture().Replace(text, "-a x64");

        Assert.Equal(WithoutCompilation(Read(module, "amd64")), WithoutCompilation(text));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Dockerfile_RestoresByTheProjectsThatItsModuleNeeds(string module, string platform)
    {
        var copied = ProjectCopy().Matches(Read(module, platform)).Select(match => match.Groups["name"].Value);

        Assert.Equal(References($"modules/{module}/{module}.csproj").Append("EdgeModules.Hosting").Distinct().Order(), copied.Order());
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Dockerfile_FinalStage_HasNoRightsAndNoShell(string module, string platform)
    {
        var final = Read(module, platform)[Read(module, platform).LastIndexOf("\nFROM ", StringComparison.Ordinal)..].Split('\n');

        Assert.Equal("USER $APP_UID", Assert.Single(final, line => line.StartsWith("USER", StringComparison.Ordinal)));
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{module}.dll\"]", final);
        Assert.Contains("COPY --from=build --chown=$APP_UID:$APP_UID /image/state/ /state/", final);
        if (platform == "amd64.debug") return;
        Assert.EndsWith("mcr.microsoft.com/dotnet/runtime:10.0-noble-chiseled", final[1], StringComparison.Ordinal);
        Assert.DoesNotContain(final, line => line.StartsWith("RUN", StringComparison.Ordinal));
        var check = Assert.Single(final, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal));
        Assert.EndsWith($"CMD [\"dotnet\", \"{module}.dll\", \"--health\"]", check, StringComparison.Ordinal);
    }

    private static IEnumerable<string> PlatformsOf(string module) =>
        Platforms.Where(platform => File.Exists(Path.Combine(RepositoryFiles.Root, "modules", module, $"Dockerfile.{platform}")));

    private static string Read(string module, string platform) => RepositoryFiles.Read($"modules/{module}/Dockerfile.{platform}").ReplaceLineEndings("\n");

    /// <summary>What a Dockerfile has that is not of its module alone.</summary>
    private static string Common(string module, string platform)
    {
        var own = $"# Only {module}:";
        var paragraphs = Read(module, platform).Split("\n\n").Where(paragraph => !paragraph.StartsWith(own, StringComparison.Ordinal));
        var lines = string.Join("\n\n", paragraphs).Split('\n').Where(line => !line.StartsWith(own, StringComparison.Ordinal) && !ProjectCopy().IsMatch(line));
        return string.Join('\n', lines).Replace(module, Pattern, StringComparison.Ordinal);
    }

    /// <summary>ReadyToRun, with its reason, depends on the platform.</summary>
    private static string WithoutCompilation(string text) => Compilation().Replace(text, "");

    private static IEnumerable<string> References(string project) =>
        ProjectReference().Matches(RepositoryFiles.Read(project)).Select(match => match.Groups["name"].Value)
            .SelectMany(name => References($"libs/{name}/{name}.csproj").Prepend(name))
            .Concat(project.StartsWith("modules/", StringComparison.Ordinal) ? References("libs/EdgeModules.Hosting/EdgeModules.Hosting.csproj") : []);

    [GeneratedRegex(@"^COPY libs/(?<name>[\w.]+)/\k<name>\.csproj libs/\k<name>/$", RegexOptions.Multiline)]
    private static partial Regex ProjectCopy();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*/(?<name>EdgeModules\.\w+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("-a (arm64|arm)\\b")]
    private static partial Regex Architecture();

    [GeneratedRegex("# (Compiled|Not compiled) ahead of time: .*\n|PublishReadyToRun=(true|false)")]
    private static partial Regex Compilation();
}
