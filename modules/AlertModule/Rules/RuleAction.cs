using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Rules;

/// <summary>
/// What a critical alarm does on the spot: <c>"buzz"</c>, a command on the output <c>commands</c>; or <c>{"module", "method", "payload"?}</c>, a direct
/// method of another module.
/// </summary>
/// <param name="Module">Null for a command.</param>
/// <param name="Name">Of the command or the method.</param>
/// <param name="Payload">Null when there is none.</param>
public sealed record RuleAction(string? Module, string Name, JToken? Payload) : ISettingValue<RuleAction>
{
    private static readonly string[] Keys = ["module", "method", "payload"];

    public static RuleAction? FromJson(JToken value, string key, SettingErrors errors)
    {
        switch (value)
        {
            case JValue { Value: string command } when IsName(command):
                return new RuleAction(null, command, null);
            case JObject call when IsModule(call["module"]) && IsName(call["method"]) && call.Properties().All(property => Keys.Contains(property.Name)):
                return new RuleAction(call["module"]!.Value<string>(), call["method"]!.Value<string>()!, call["payload"]?.DeepClone());
            default:
                errors.Add(key, value, "the name of a command, or {\"module\": name, \"method\": name, \"payload\"?: anything}; names have 1 to 128 characters, and a module is not . or ..");
                return null;
        }
    }

    public JToken ToJson()
    {
        if (Module is null) return Name;
        var call = new JObject { ["module"] = Module, ["method"] = Name };
        if (Payload is not null) call["payload"] = Payload.DeepClone();
        return call;
    }

    public bool Equals(RuleAction? other) => other is not null && Module == other.Module && Name == other.Name && JToken.DeepEquals(Payload, other.Payload);

    public override int GetHashCode() => HashCode.Combine(Module, Name);

    /// <summary>It becomes a part of a path.</summary>
    private static bool IsModule(JToken? token) => IsName(token) && token!.Value<string>() is not ("." or "..");

    private static bool IsName(JToken? token) => token is JValue { Value: string { Length: >= 1 and <= 128 } };

    private static bool IsName(string text) => text.Length is >= 1 and <= 128;
}
