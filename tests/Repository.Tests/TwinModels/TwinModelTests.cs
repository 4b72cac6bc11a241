using System.Reflection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Testing;
using EdgeModules.TwinModels;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests.TwinModels;

/// <summary>models/dtdl against the modules' code. What modules really send, report and answer is held against it by every scenario.</summary>
public class TwinModelTests
{
    private const string WriteAnew = "Run dotnet run --project tools/TwinModels to write models/dtdl anew.";

    public static TheoryData<string> Modules => new(RepositoryFiles.Modules);

    [Fact]
    public void Files_OfTheFolder_AreThoseOfTheModules() =>
        Assert.Equal(
            RepositoryFiles.Modules.Select(module => $"{module}.json"),
            Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "models", "dtdl"), "*.json")
                .Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Modules))]
    public void File_OfAModule_IsWhatItsCodeSays(string module)
    {
        var expected = ModelFiles.Expected[$"{module}.json"];
        Assert.True(RepositoryFiles.Read($"models/dtdl/{module}.json").ReplaceLineEndings("\n") == expected, WriteAnew);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Model_OfAModule_KeepsTheRulesOfDtdl(string module) => Assert.Empty(DtdlRules.MistakesIn(Read(module)));

    [Theory]
    [MemberData(nameof(Modules))]
    public void Id_OfAModel_NamesTheModule(string module) =>
        Assert.StartsWith($"dtmi:edgemodules:{module};", (string?)Read(module)["@id"], StringComparison.Ordinal);

    /// <summary>Each setting is a writable property, and its default is one of the values that this may have.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public void Defaults_OfAModule_AreWithinItsModel(string module)
    {
        var type = Assert.Single(
            Assembly.Load(module).GetTypes(), type => type.GetInterfaces()
                .Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ISettings<>)));
        var reported = new JObject(SettingsBinder.ToJson(Activator.CreateInstance(type)!).Properties()
            .Select(setting => new JProperty(setting.Name, new JObject { ["value"] = setting.Value, ["ac"] = 203, ["av"] = 0 })));
        Assert.Empty(new TwinModel(Read(module)).MistakesInReported(reported));
    }

    /// <summary>Every property, telemetry and command is explained, and every setting of a module too.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public void Contents_OfAModel_HaveDescriptions(string module)
    {
        var bare = Read(module)["contents"]!.Where(content => content["description"] is null).Select(content => (string)content["name"]!);
        // Records and switches whose name says it all, as in the module's own settings.
        Assert.Empty(bare.Except(["mode", "gpio", "replay", "synthetic", "compression", "connectivity", "lateReadings", "gaps", "missing"]));
    }

    [Fact]
    public void IsOtherUnderSameId_AnotherWording_IsNot()
    {
        var (old, now) = (Read("FilterModule"), Read("FilterModule"));
        now["contents"]![0]!["description"] = "In other words.";
        Assert.False(ModelFiles.IsOtherUnderSameId(old, now));
    }

    [Fact]
    public void IsOtherUnderSameId_ANewSetting_IsUntilTheVersionIsRaised()
    {
        var (old, now) = (Read("FilterModule"), Read("FilterModule"));
        ((JArray)now["contents"]!).Add(new JObject { ["@type"] = "Property", ["name"] = "more", ["schema"] = "integer", ["writable"] = true });
        Assert.True(ModelFiles.IsOtherUnderSameId(old, now));
        now["@id"] = "dtmi:edgemodules:FilterModule;2";
        Assert.False(ModelFiles.IsOtherUnderSameId(old, now));
    }

    [Theory]
    [InlineData("$.@id", "\"dtmi:edgemodules:FilterModule\"", "@id")]
    [InlineData("$.@id", "\"dtmi:edgemodules:_Filter;1\"", "@id")]
    [InlineData("$.@context", "[\"dtmi:dtdl:context;2\"]", "@context")]
    [InlineData("$.contents[0].name", "\"deadbands_\"", "name must match")]
    [InlineData("$.contents[0].name", "\"zones\"", "two with the name zones")]
    [InlineData("$.contents[0].schema", "\"number\"", "no schema")]
    [InlineData("$.contents[0].schema.mapKey.schema", "\"integer\"", "must be a string")]
    [InlineData("$.contents[1].unit", "\"fortnight\"", "unit")]
    [InlineData("$.contents[1].schema", "\"string\"", "must be a number")]
    [InlineData("$.contents[0].writeable", "true", "writeable")]
    public void MistakesIn_ASpoiltModel_AreFound(string path, string value, string mistake)
    {
        var model = Read("FilterModule");
        var (above, member) = (path[..path.LastIndexOf('.')], path[(path.LastIndexOf('.') + 1)..]);
        model.SelectToken(above)![member] = JToken.Parse(value);
        Assert.Contains(DtdlRules.MistakesIn(model), found => found.Contains(mistake, StringComparison.Ordinal));
    }

    [Fact]
    public void MistakesIn_SixSchemasWithinEachOther_AreTooDeep()
    {
        JToken schema = "string";
        for (var i = 0; i < 6; i++) schema = new JObject { ["@type"] = "Array", ["elementSchema"] = schema };
        var model = Read("FilterModule");
        model["contents"]![0]!["schema"] = schema;
        Assert.Contains(DtdlRules.MistakesIn(model), mistake => mistake.Contains("6 schemas deep", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"maxDevices":{"value":"many","ac":200,"av":1}}""", "maxDevices is \"many\"; it must be integer.")]
    [InlineData("""{"maxDevices":5}""", "maxDevices is writable")]
    [InlineData("""{"maxDevices":{"value":5,"state":"x","ac":200,"av":1}}""", "the answer maxDevices has state")]
    [InlineData("""{"maxDevices":{"value":5}}""", "no ac or av")]
    [InlineData("""{"surprise":5}""", "no property surprise")]
    [InlineData("""{"settings":{"version":1,"status":"perhaps"}}""", "settings.status is \"perhaps\"")]
    [InlineData("""{"settings":{"version":1,"mood":"good"}}""", "settings.mood is in no field")]
    public void MistakesInReported_WhatIsNotInTheModel_IsFound(string reported, string mistake) =>
        Assert.Contains(mistake, Assert.Single(new TwinModel(Read("FilterModule")).MistakesInReported(JObject.Parse(reported))));

    [Fact]
    public void MistakesInOutput_OfAnOutputThatTheModelLacks_AreFound()
    {
        var model = new TwinModel(Read("FilterModule"));
        Assert.Contains("no telemetry", Assert.Single(model.MistakesInOutput("other", [])));
        Assert.Contains("deviceId", Assert.Single(model.MistakesInOutput("filtered", [JObject.Parse("""{"deviceId":5,"timestamp":1,"temperature":20}""")])));
        Assert.Contains("no command other", Assert.Single(model.MistakesInCall("other", null, null)));
    }

    private static JObject Read(string module) => JObject.Parse(RepositoryFiles.Read($"models/dtdl/{module}.json"));
}
