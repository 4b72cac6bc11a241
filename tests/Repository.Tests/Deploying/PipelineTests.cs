using System.Text.RegularExpressions;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;
using YamlDotNet.RepresentationModel;

namespace EdgeModules.Repository.Tests.Deploying;

/// <summary>azure-pipelines.yml and its template: what can be known without running them.</summary>
public partial class PipelineTests
{
    private const string Pipeline = "azure-pipelines.yml";

    public static TheoryData<string> Files => [Pipeline, ".azure-pipelines/deploy.yml"];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task Scripts_AreBash(string file)
    {
        Bash.Require("bash");
        var scripts = Nodes(Load(file)).OfType<YamlMappingNode>()
            .SelectMany(node => new[] { "bash", "script", "inlineScript" }.Select(key => TextOf(node, key)).OfType<string>()).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts) Assert.Equal("", await Bash.MistakesInAsync(Macro().Replace(script, "macro")));
    }

    /// <summary>Azure Pipelines reads neither.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Yaml_HasNoAnchors(string file) => Assert.All(Nodes(Load(file)), node => Assert.True(node.Anchor.IsEmpty));

    [Theory]
    [MemberData(nameof(Files))]
    public void Paths_OfTheRepository_AreThere(string file)
    {
        var paths = Path().Matches(RepositoryFiles.Read(file)).Select(match => match.Value).Where(path => !path.Contains('$')).ToList();
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(File.Exists(System.IO.Path.Combine(RepositoryFiles.Root, path)), path));
    }

    [Fact]
    public void Stages_DependOnStagesThatThereAre()
    {
        var stages = ((YamlSequenceNode)Load(Pipeline)["stages"]).OfType<YamlMappingNode>()
            .Select(stage => TextOf(stage, "template") is null ? stage : (YamlMappingNode)stage["parameters"]).ToList();
        var names = stages.Select(stage => TextOf(stage, "stage")!).ToList();
        Assert.Equal(["build", "images", "canary", "all"], names);
        Assert.Equal([null, "build", "images", "canary"], stages.Select(stage => TextOf(stage, "dependsOn")));
    }

    /// <summary>What the template asks for is given, and what is given it asks for.</summary>
    [Fact]
    public void Template_Parameters_AreGiven()
    {
        var template = Load(".azure-pipelines/deploy.yml");
        var declared = ((YamlSequenceNode)template["parameters"]).OfType<YamlMappingNode>()
            .ToDictionary(parameter => TextOf(parameter, "name")!, parameter => TextOf(parameter, "default") is not null);
        var used = Parameter().Matches(RepositoryFiles.Read(".azure-pipelines/deploy.yml")).Select(match => match.Groups["name"].Value).Distinct();
        Assert.Equal(declared.Keys.Order(), used.Order());
        foreach (var stage in ((YamlSequenceNode)Load(Pipeline)["stages"]).OfType<YamlMappingNode>().Where(stage => TextOf(stage, "template") is not null))
        {
            var given = ((YamlMappingNode)stage["parameters"]).Children.Keys.Select(key => ((YamlScalarNode)key).Value!).ToList();
            Assert.Empty(given.Except(declared.Keys));
            Assert.Empty(declared.Where(parameter => !parameter.Value).Select(parameter => parameter.Key).Except(given));
        }
    }

    [Fact]
    public void Images_AreMadeForThePlatformsOfTheModules()
    {
        var job = (YamlMappingNode)((YamlSequenceNode)((YamlMappingNode)((YamlSequenceNode)Load(Pipeline)["stages"])[1])["jobs"])[0];
        var platforms = ((YamlMappingNode)job["strategy"]["matrix"]).Children.Values.Select(entry => TextOf((YamlMappingNode)entry, "platform")!);
        var known = RepositoryFiles.Find("module.json")
            .SelectMany(file => ((JObject)JsonText.Parse(RepositoryFiles.Read(file))["image"]!["tag"]!["platforms"]!).Properties())
            .Select(platform => platform.Name)
            .Where(platform => !platform.EndsWith(".debug", StringComparison.Ordinal)).Distinct();
        Assert.Equal(known.Order(), platforms.Order());
    }

    private static YamlMappingNode Load(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(RepositoryFiles.Read(file)));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static IEnumerable<YamlNode> Nodes(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(child => Nodes(child.Value)).Prepend(node),
        YamlSequenceNode list => list.SelectMany(Nodes).Prepend(node),
        _ => [node],
    };

    private static string? TextOf(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (value as YamlScalarNode)?.Value : null;

    /// <summary>What Azure Pipelines puts in before bash sees the script.</summary>
    [GeneratedRegex(@"\$\([A-Za-z.]+\)|\$\{\{[^}]*\}\}")]
    private static partial Regex Macro();

    [GeneratedRegex(@"(?<![\w/.$])(tools|deployments|tests|simulator|\.azure-pipelines|\.ci)/[\w./$-]*\.(sh|json|yml|csproj)|(?<![\w/-])deployment(\.debug)?\.template\.json")]
    private static partial Regex Path();

    [GeneratedRegex(@"\$\{\{ parameters\.(?<name>\w+) \}\}")]
    private static partial Regex Parameter();
}
