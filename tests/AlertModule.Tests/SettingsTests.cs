using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Bind_OneKeyOfOneDefaultRule_LeavesAllOthersAsTheyAre()
    {
        var (settings, errors) = Bind("""{"rules":{"temperatureHigh":{"critical":50}},"zoneRules":{"overheat":{"minDevices":3}}}""");

        Assert.Empty(errors);
        Assert.Equal(["temperatureHigh", "temperatureLow", "vibrationHigh", "humidityHigh"], settings.Rules.Keys);
        Assert.Equal((35.0, 50.0, "temperature"), (settings.Rules["temperatureHigh"].Warning!.Value, settings.Rules["temperatureHigh"].Critical!.Value, settings.Rules["temperatureHigh"].Metric));
        Assert.Equal((3, 2), (settings.ZoneRules["overheat"].MinDevices!.Value, settings.ZoneRules["overheat"].All!.Items.Count));
    }

    [Fact]
    public void Bind_DefaultRuleSwitchedOff_IsNotInForce()
    {
        var (settings, _) = Bind("""{"rules":{"temperatureHigh":{"enabled":false}}}""");
        Assert.Equal(["temperatureLow", "vibrationHigh", "humidityHigh", "overheat"], AlarmRule.Of(settings).Select(rule => rule.Id));
    }

    [Fact]
    public void Bind_Everything_IsReportedAsItCame()
    {
        const string All = """
            {"rules":{"hot":{"metric":"t","direction":"above","warning":1.0,"critical":2.0,"hysteresis":0.5,"forSeconds":3,"cooldownSeconds":4,
              "devices":["a","b"],"zones":["z"],"action":"buzz","enabled":true}},
             "noDataRules":{"quiet":{"seconds":60,"severity":"critical","action":{"module":"M","method":"stop","payload":{"line":1}}}},
             "scoreRules":{"odd":{"above":0.9,"clear":0.5,"consecutive":3,"severity":"warning","model":"m"}},
             "zoneRules":{"hall":{"all":[{"aggregate":"min","metric":"t","below":5.0,"hysteresis":1.0},{"aggregate":"count","metric":"t","above":2.0}],"withinSeconds":30}}}
            """;
        var (settings, errors) = Bind(All);
        Assert.Empty(errors);
        var json = SettingsBinder.ToJson(settings);
        foreach (var (kind, rules) in JObject.Parse(All))
        {
            foreach (var (id, rule) in (JObject)rules!) Assert.True(JToken.DeepEquals(rule, json[kind]![id]), $"{rule} and {json[kind]![id]}");
        }
    }

    [Fact]
    public void Bind_ManyMistakes_AreAllTold()
    {
        var (_, errors) = Bind("""
            {"maxAgeSeconds":-1,"maxCriticalPerMinute":0,
             "rules":{"hot":{"warning":5,"critical":1},"cold":{"metric":"t","direction":"below","warning":1,"critical":5,"hysteresis":-1},"a/b":{"metric":"t","warning":1}},
             "noDataRules":{"hot":{"seconds":0}},"scoreRules":{"odd":{"above":0.5,"clear":0.6,"consecutive":0}},
             "zoneRules":{"z":{"withinSeconds":0,"devices":["a"]}}}
            """);
        string[] paths =
        [
            "maxAgeSeconds", "maxCriticalPerMinute", "rules.hot.metric", "rules.hot.critical", "rules.cold.critical", "rules.cold.hysteresis", "rules.a/b",
            "noDataRules.hot", "noDataRules.hot.seconds", "scoreRules.odd.clear", "scoreRules.odd.consecutive", "zoneRules.z.all", "zoneRules.z.withinSeconds", "zoneRules.z.devices",
        ];
        Assert.Equal(paths.Order(StringComparer.Ordinal), errors.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"rules":{"hot":{"metric":"t","warning":1,"action":5}}}""", "rules.hot.action")]
    [InlineData("""{"rules":{"hot":{"metric":"t","warning":1,"action":{"module":"M"}}}}""", "rules.hot.action")]
    [InlineData("""{"rules":{"hot":{"metric":"t","warning":1,"action":{"module":"..","method":"m"}}}}""", "rules.hot.action")]
    [InlineData("""{"rules":{"hot":{"metric":"t","warning":1,"devices":[]}}}""", "rules.hot.devices")]
    [InlineData("""{"zoneRules":{"z":{"all":[]}}}""", "zoneRules.z.all")]
    [InlineData("""{"zoneRules":{"z":{"all":[{"aggregate":"avg","metric":"t"}]}}}""", "zoneRules.z.all")]
    [InlineData("""{"zoneRules":{"z":{"all":[{"aggregate":"avg","metric":"t","above":1,"below":2}]}}}""", "zoneRules.z.all")]
    [InlineData("""{"zoneRules":{"z":{"all":[{"aggregate":"median","metric":"t","above":1}]}}}""", "zoneRules.z.all")]
    public void Bind_WrongForm_IsTold(string desired, string path) => Assert.Equal([path], Bind(desired).Errors);

    private static (AlertSettings Settings, IEnumerable<string> Errors) Bind(string desired)
    {
        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<AlertSettings>((JObject)JsonText.Parse(desired), errors);
        return (settings, errors.All.Select(error => error.Path));
    }
}
