using System.Xml.Linq;

namespace EdgeModules.Repository.Tests;

/// <summary>
/// References go one way: modules → Hosting and Models → Messages. Only the simulator, tools, tests and benchmarks see more, and the simulator never calls a module.
/// </summary>
public class ProjectReferenceTests
{
    private const string Messages = "libs/EdgeModules.Messages/EdgeModules.Messages.csproj";

    public static TheoryData<string> Projects => new(RepositoryFiles.Find("*.csproj"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_OfAProject_GoOneWay(string project)
    {
        var references = ReferencesOf(project).Select(reference => reference.Target).ToList();
        Assert.DoesNotContain(references, reference => !MayReference(project, reference));
    }

    [Fact]
    public void References_OfTheSimulatorToModules_AreNeverCalls() =>
        Assert.All(
            ReferencesOf("simulator/EdgeSimulator/EdgeSimulator.csproj").Where(reference => reference.Target.StartsWith("modules/", StringComparison.Ordinal)),
            reference => Assert.False(reference.IsCalled));

    [Theory]
    [InlineData("libs/EdgeModules.Messages/EdgeModules.Messages.csproj", "libs/EdgeModules.Hosting/EdgeModules.Hosting.csproj")]
    [InlineData("libs/EdgeModules.Hosting/EdgeModules.Hosting.csproj", "modules/FilterModule/FilterModule.csproj")]
    [InlineData("modules/FilterModule/FilterModule.csproj", "modules/SensorModule/SensorModule.csproj")]
    [InlineData("modules/FilterModule/FilterModule.csproj", "simulator/EdgeSimulator/EdgeSimulator.csproj")]
    [InlineData("libs/EdgeModules.Models/EdgeModules.Models.csproj", "libs/EdgeModules.Hosting/EdgeModules.Hosting.csproj")]
    [InlineData("tools/ModelTrainer/ModelTrainer.csproj", "simulator/EdgeSimulator/EdgeSimulator.csproj")]
    [InlineData("simulator/EdgeSimulator/EdgeSimulator.csproj", "tests/EdgeModules.Testing/EdgeModules.Testing.csproj")]
    public void MayReference_AgainstTheWay_IsFalse(string project, string reference) => Assert.False(MayReference(project, reference));

    [Fact]
    public void ReferencesOf_Module_HasThatOfTheSharedFile() =>
        Assert.Contains(("libs/EdgeModules.Hosting/EdgeModules.Hosting.csproj", true), ReferencesOf("modules/FilterModule/FilterModule.csproj"));

    private static bool MayReference(string project, string reference) => project.Split('/')[0] switch
    {
        "libs" => project != Messages && reference == Messages,
        "modules" => reference.StartsWith("libs/", StringComparison.Ordinal),
        "simulator" or "tools" => reference.StartsWith("libs/", StringComparison.Ordinal) || reference.StartsWith("modules/", StringComparison.Ordinal),
        "tests" or "bench" => true,
        _ => false,
    };

    /// <summary>Of the project file and of every <c>Directory.Build.props</c> above it; a pattern stands as it is.</summary>
    private static IEnumerable<(string Target, bool IsCalled)> ReferencesOf(string project)
    {
        var folder = Path.GetDirectoryName(project)!.Replace('\\', '/');
        var files = new List<string> { project };
        for (var above = folder; above is { Length: > 0 }; above = Path.GetDirectoryName(above)!.Replace('\\', '/'))
        {
            if (File.Exists(Path.Combine(RepositoryFiles.Root, above, "Directory.Build.props"))) files.Add($"{above}/Directory.Build.props");
        }

        files.Add("Directory.Build.props");
        foreach (var file in files)
        {
            var place = Path.GetDirectoryName(Path.Combine(RepositoryFiles.Root, file))!;
            foreach (var reference in XDocument.Parse(RepositoryFiles.Read(file)).Descendants("ProjectReference"))
            {
                var include = reference.Attribute("Include")!.Value.Replace("$(MSBuildThisFileDirectory)", "").Replace('\\', '/');
                var target = Path.GetRelativePath(RepositoryFiles.Root, Path.GetFullPath(include, place)).Replace('\\', '/');
                yield return (target, reference.Attribute("ReferenceOutputAssembly")?.Value != "false");
            }
        }
    }
}
