using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests;

/// <summary>The inputs and outputs that a module declares, which manifests are held to, against its page and what its scenarios use.</summary>
public partial class ModuleDeclarationTests
{
    public static TheoryData<string> Modules => new(RepositoryFiles.Modules);

    [Theory]
    [MemberData(nameof(Modules))]
    public void Outputs_OfAModule_AreThoseOfItsPage(string module) => Assert.Equal(NamesIn(module, "## Outputs"), Names(module, "Outputs").Order());

    [Theory]
    [MemberData(nameof(Modules))]
    public void Inputs_OfAModule_AreThoseOfItsPage(string module) => Assert.Equal(NamesIn(module, "## Inputs"), Inputs(module).Order());

    [Theory]
    [MemberData(nameof(Modules))]
    public void Declarations_OfAModule_HaveAllThatItsScenariosUse(string module)
    {
        var folder = Path.Combine(RepositoryFiles.Root, "scenarios", module);
        if (!Directory.Exists(folder)) return;
        var steps = Directory.GetFiles(folder, "*.json").SelectMany(file => JObject.Parse(File.ReadAllText(file))["steps"]!).OfType<JObject>().ToList();
        Assert.Empty(steps.Select(step => (string?)step["send"]?["input"]).OfType<string>().Distinct().Except(Inputs(module)));
        Assert.Empty(steps.SelectMany(step => (step["expect"] as JObject)?.Properties() ?? []).Select(output => output.Name).Distinct().Except(Names(module, "Outputs")));
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void UnpromptedOutputs_OfAModule_AreAmongItsOutputs(string module) =>
        Assert.Empty(Names(module, "UnpromptedOutputs").Except(Names(module, "Outputs")));

    private static IEnumerable<string> Inputs(string module) =>
        [.. Names(module, "ReadingsInput"), .. Names(module, "ItemInputs"), .. Names(module, "MessageInputs")];

    /// <summary>As <c>--describe</c> reads them: without constructing the module.</summary>
    private static IEnumerable<string> Names(string module, string property)
    {
        var type = Assert.Single(Assembly.Load(module).GetTypes(), IsModule);
        return type.GetProperty(property)!.GetValue(RuntimeHelpers.GetUninitializedObject(type)) switch
        {
            null => [],
            string name => [name],
            var names => (IEnumerable<string>)names,
        };
    }

    private static bool IsModule(Type type) =>
        type is { IsAbstract: false, BaseType: { IsGenericType: true } above } && above.GetGenericTypeDefinition() == typeof(EdgeModule<>);

    /// <summary>The one that begins the section, or those that begin the rows of its first table.</summary>
    private static IEnumerable<string> NamesIn(string module, string heading)
    {
        var lines = RepositoryFiles.Section($"modules/{module}/README.md", heading).Split('\n').SkipWhile(line => line.Length == 0).ToList();
        var told = lines[0].StartsWith('|') ? lines.TakeWhile(line => line.StartsWith('|')) : lines.Take(1);
        return told.Select(line => FirstName().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value).Order();
    }

    [GeneratedRegex(@"^(\| )?`(?<name>\w+)`(?= \||:)")]
    private static partial Regex FirstName();
}
