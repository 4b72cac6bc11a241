using System.Collections;
using System.Reflection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests;

/// <summary>What the page of each module says against what its code says.</summary>
public class ModuleReadmeTests
{
    public static TheoryData<string> Modules => new(RepositoryFiles.Modules);

    [Theory]
    [MemberData(nameof(Modules))]
    public void SettingsTable_OfAModule_HasItsKeysAndDefaults(string module)
    {
        var rows = RepositoryFiles.Table(RepositoryFiles.Section($"modules/{module}/README.md", "## Settings"), "key", "type", "default", "limits", "meaning");
        var said = rows.ToDictionary(row => RepositoryFiles.WithoutTicks(row[0]), row => Canonical(ParseDefault(row[2])));
        var type = SettingsOf(module);
        var actual = Defaults(type, Activator.CreateInstance(type)!).ToDictionary(setting => setting.Key, setting => Canonical(setting.Default));

        Assert.Equal(actual.Keys.Order(StringComparer.Ordinal), said.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(actual, said);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Page_OfAModule_HasTheSections(string module)
    {
        var headings = RepositoryFiles.Read($"modules/{module}/README.md").Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).ToList();
        string[] sections = ["## Inputs", "## Outputs", "## Settings", "## What it reports", "## Metrics", "## State and restarts", "## Example"];
        Assert.All(sections, section => Assert.Contains(section, headings));
    }

    /// <summary>A module has its place in the list that a reader sees first.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public void Readme_OfTheRepository_LinksToTheModule(string module) => Assert.Contains($"(modules/{module}/README.md)", RepositoryFiles.Read("README.md"));

    [Fact]
    public void Defaults_OfNestedRecordsAndThingsKeyedById_AreLeavesWithPaths()
    {
        var defaults = Defaults(typeof(Outer), new Outer()).Select(setting => $"{setting.Key}={Canonical(setting.Default)}");
        Assert.Equal(["rates={\"a\":1.0}", "inner.size=3.0", "inner.name=null", "zones={}", "zones.ID.size=3.0", "zones.ID.name=null"], defaults);
    }

    private static Type SettingsOf(string module) =>
        Assert.Single(Assembly.Load(module).GetTypes(), type => Implements(type, typeof(ISettings<>)));

    /// <summary>Every setting with its path; those of things keyed by id below the key <c>ID</c>.</summary>
    private static IEnumerable<(string Key, JToken? Default)> Defaults(Type type, object record)
    {
        var json = SettingsBinder.ToJson(record);
        foreach (var (key, property) in json.Properties().Select(setting => (setting.Name, type.GetProperties().Single(p => Camel(p.Name) == setting.Name))))
        {
            var value = property.PropertyType;
            var things = value.IsGenericType && value.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? value.GetGenericArguments()[1] : null;
            if (!IsRecord(value)) yield return (key, json[key]);
            if ((IsRecord(value) ? value : things) is not { } below || !IsRecord(below)) continue;
            var prefix = things is null ? key : $"{key}.ID";
            var inner = things is null ? property.GetValue(record)! : Activator.CreateInstance(below)!;
            foreach (var (path, leaf) in Defaults(below, inner)) yield return ($"{prefix}.{path}", leaf);
        }
    }

    private static bool IsRecord(Type type) =>
        type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type)
        && !Implements(type, typeof(ISettingValue<>));

    private static bool Implements(Type type, Type generic) =>
        type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == generic);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static JToken? ParseDefault(string cell) => cell.Length == 0 ? null : JsonText.Parse(RepositoryFiles.WithoutTicks(cell));

    /// <summary>5 and 5.0 are one number.</summary>
    private static string Canonical(JToken? value)
    {
        var token = value?.DeepClone() ?? JValue.CreateNull();
        if (token is JValue { Type: JTokenType.Integer } single) return new JValue(single.Value<double>()).ToString(Formatting.None);
        var within = (token as JContainer)?.Descendants().OfType<JValue>().Where(leaf => leaf.Type == JTokenType.Integer).ToList() ?? [];
        foreach (var number in within) number.Replace(new JValue(number.Value<double>()));
        return token.ToString(Formatting.None);
    }

    private sealed record Outer
    {
        public IReadOnlyDictionary<string, double> Rates { get; init; } = new Dictionary<string, double> { ["a"] = 1 };

        public Inner Inner { get; init; } = new();

        public IReadOnlyDictionary<string, Inner> Zones { get; init; } = new Dictionary<string, Inner>();
    }

    private sealed record Inner
    {
        public int Size { get; init; } = 3;

        public string? Name { get; init; }
    }
}
