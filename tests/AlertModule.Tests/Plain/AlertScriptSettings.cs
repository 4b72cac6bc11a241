using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests.Plain;

/// <summary>Settings with a rule of every kind, which change on the way.</summary>
internal sealed class AlertScriptSettings
{
    public static readonly string[] Ids = ["hot", "temperatureLow", "shaky", "quiet", "odd", "overheat"];

    private static readonly string[] Kinds = ["rules", "rules", "rules", "noDataRules", "scoreRules", "zoneRules"];

    private readonly Random _random;
    private readonly JObject _desired;

    public AlertScriptSettings(Random random, int maxAgeSeconds)
    {
        _random = random;
        _desired = new JObject
        {
            ["maxAgeSeconds"] = maxAgeSeconds,
            ["maxCriticalPerMinute"] = Pick(2, 6, 1000),
            ["rules"] = new JObject
            {
                ["temperatureHigh"] = Off(),
                ["vibrationHigh"] = Off(),
                ["humidityHigh"] = Off(),
                ["hot"] = Rule(new JObject { ["metric"] = "temperature", ["warning"] = 35, ["critical"] = 45, ["hysteresis"] = Pick(0, 1, 3), ["forSeconds"] = Pick(0, 0, 5, 10) }),
                ["shaky"] = Rule(new JObject { ["metric"] = "vibration", ["critical"] = 60, ["zones"] = new JArray("hall") }),
            },
            ["noDataRules"] = new JObject { ["quiet"] = Rule(new JObject { ["seconds"] = Pick(20, 60), ["severity"] = Severity() }) },
            ["scoreRules"] = new JObject
            {
                ["odd"] = Rule(new JObject { ["above"] = 0.8, ["clear"] = Pick(0.5, 0.8), ["consecutive"] = Pick(1, 2, 3), ["severity"] = Severity() }),
            },
            ["zoneRules"] = new JObject
            {
                ["overheat"] = Rule(new JObject
                {
                    ["withinSeconds"] = Pick(20, 60), ["minDevices"] = Pick(1, 2, 3), ["severity"] = Severity(), ["forSeconds"] = Pick(0, 0, 5),
                    ["all"] = new JArray(
                        new JObject { ["aggregate"] = "avg", ["metric"] = "temperature", ["above"] = 38, ["hysteresis"] = Pick(0, 2) },
                        new JObject { ["aggregate"] = Pick("max", "count"), ["metric"] = "vibration", ["above"] = Pick(1, 60) }),
                }),
            },
        };
    }

    public JObject Desired() => (JObject)_desired.DeepClone();

    /// <summary>A rule goes, is disabled, comes back, or changes.</summary>
    public void Change()
    {
        var i = _random.Next(Ids.Length);
        var (id, kind) = (Ids[i], (JObject)_desired[Kinds[i]]!);
        if (kind[id] is not JObject rule)
        {
            kind[id] = id == "temperatureLow" ? Rule([]) : _gone.GetValueOrDefault(id, []).DeepClone();
            return;
        }

        switch (_random.Next(4))
        {
            case 0:
                _gone[id] = (JObject)rule.DeepClone();
                kind.Remove(id);
                break;
            case 1:
                rule["enabled"] = rule.Value<bool?>("enabled") == false;
                break;
            case 2 when id == "hot":
                rule["warning"] = Pick(33, 35, 38);
                break;
            case 2 when id is not "overheat":
                rule["devices"] = new JArray("a", "b");
                break;
            default:
                rule["cooldownSeconds"] = Pick(0, 15, 30);
                break;
        }
    }

    private readonly Dictionary<string, JObject> _gone = [];

    private JObject Rule(JObject rule)
    {
        rule["cooldownSeconds"] = Pick(0, 15, 30);
        if (_random.Next(3) > 0) rule["action"] = "buzz";
        return rule;
    }

    private static JObject Off() => new() { ["enabled"] = false };

    private string Severity() => Pick("warning", "critical");

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];
}
