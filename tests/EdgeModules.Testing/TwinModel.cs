using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing;

/// <summary>
/// The IoT Plug and Play model of a module, <c>models/dtdl/MODULE.json</c>, and what is not as it says. A comment that begins with <c>Or a string</c>,
/// <c>Or an object</c> or <c>Or anything</c> allows that beside the schema (of an array: for its elements); an object whose comment begins with <c>Open</c>
/// may have other members.
/// </summary>
public sealed class TwinModel
{
    private const string Primitives = "boolean integer long double string date";
    private readonly JObject _interface;

    public TwinModel(JObject model) => _interface = model;

    public string Id => (string)_interface["@id"]!;

    public JArray Contents => (JArray)_interface["contents"]!;

    /// <returns>Null for a module without a model.</returns>
    public static TwinModel? Find(string module)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "models", "dtdl", $"{module}.json");
        return File.Exists(file) ? new TwinModel(JsonText.ParseObject(File.ReadAllBytes(file))) : null;
    }

    /// <param name="items">Of the bodies of its messages.</param>
    public IEnumerable<string> MistakesInOutput(string output, IEnumerable<JToken> items)
    {
        var telemetry = Contents.OfType<JObject>()
            .FirstOrDefault(content => IsOf(content, "Telemetry") && ((string)content["comment"]!).StartsWith($"Output {output}:", StringComparison.Ordinal));
        if (telemetry is null) return [$"there is no telemetry for the output {output}."];
        var item = IsOf(telemetry["schema"], "Array") ? telemetry["schema"]!["elementSchema"]! : telemetry["schema"]!;
        return items.SelectMany((value, i) => Mistakes(item, null, value, $"{output}[{i}]"));
    }

    public IEnumerable<string> MistakesInReported(JObject reported) =>
        reported.Properties().Where(property => !property.Name.StartsWith('$')).SelectMany(property => MistakesInReported(property.Name, property.Value));

    /// <param name="answer">Of status 200.</param>
    public IEnumerable<string> MistakesInCall(string method, JToken? payload, JToken? answer)
    {
        if (Find("Command", method) is not { } command) return [$"there is no command {method}."];
        var response = command["response"]!;
        var mistakes = Mistakes(response["schema"]!, response, answer ?? JValue.CreateNull(), $"answer of {method}");
        if (payload is null or JObject { Count: 0 } || command["request"] is not { } request) return mistakes;
        return Mistakes(request["schema"]!, request, payload, $"payload of {method}").Concat(mistakes);
    }

    private IEnumerable<string> MistakesInReported(string name, JToken value)
    {
        if (Find("Property", name) is not { } property) return [$"there is no property {name}, which is reported."];
        if (property["writable"]?.Value<bool>() != true) return Mistakes(property["schema"]!, property, value, name);

        // The answer to a desired value: see the conventions of IoT Plug and Play.
        if (value is not JObject answer) return [$"{name} is writable, and reported as {Shown(value)}; that must be an answer."];
        string[] known = ["value", "ac", "av", "ad"];
        var odd = answer.Properties().Select(member => member.Name).Except(known)
            .Select(member => $"the answer {name} has {member}, which the convention does not know.");
        var codes = answer["ac"]?.Type == JTokenType.Integer && answer["av"]?.Type == JTokenType.Integer
            ? Array.Empty<string>()
            : [$"the answer {name} has no ac or av: {Shown(value)}."];
        return [.. odd, .. codes, .. answer["value"] is { } told ? Mistakes(property["schema"]!, property, told, name) : []];
    }

    private JObject? Find(string type, string name) => Contents.OfType<JObject>()
        .FirstOrDefault(content => IsOf(content, type) && (string?)content["name"] == name);

    private static bool IsOf(JToken? element, string type) => element is JObject json && json["@type"] switch
    {
        JArray types => types.Any(each => (string?)each == type),
        var single => (string?)single == type,
    };

    /// <param name="element">What has the schema: a field, for instance; its comment may allow something else.</param>
    private static IEnumerable<string> Mistakes(JToken schema, JToken? element, JToken value, string path)
    {
        // Absent: nothing of a model is required.
        if (value.Type == JTokenType.Null || Allows((string?)element?["comment"], value)) return [];
        if (schema is JValue { Value: string primitive }) return IsPrimitive(primitive, value) ? [] : [$"{path} is {Shown(value)}; it must be {primitive}."];
        return ((string)schema["@type"]!, value) switch
        {
            ("Array", JArray items) => items.SelectMany((item, i) => Mistakes(schema["elementSchema"]!, schema, item, $"{path}[{i}]")),
            ("Map", JObject map) => map.Properties()
                .SelectMany(member => Mistakes(schema["mapValue"]!["schema"]!, schema["mapValue"], member.Value, $"{path}.{member.Name}")),
            ("Object", JObject json) => json.Properties().SelectMany(member => MistakesInMember(schema, member, path)),
            ("Enum", JValue { Value: string word }) when schema["enumValues"]!.Any(each => (string?)each["enumValue"] == word) => [],
            var (type, _) => [$"{path} is {Shown(value)}; it must be of the {type}."],
        };
    }

    private static IEnumerable<string> MistakesInMember(JToken schema, JProperty member, string path)
    {
        var field = schema["fields"]!.FirstOrDefault(each => (string?)each["name"] == member.Name);
        if (field is not null) return Mistakes(field["schema"]!, field, member.Value, $"{path}.{member.Name}");
        return Begins((string?)schema["comment"], "Open") ? [] : [$"{path}.{member.Name} is in no field."];
    }

    private static bool Allows(string? comment, JToken value) =>
        Begins(comment, "Or anything") || (Begins(comment, "Or an object") && value is JObject)
            || (Begins(comment, "Or a string") && value.Type == JTokenType.String);

    private static bool Begins(string? comment, string word) => comment?.StartsWith(word, StringComparison.Ordinal) == true;

    private static bool IsPrimitive(string primitive, JToken value) => primitive switch
    {
        "boolean" => value.Type == JTokenType.Boolean,
        "integer" => value.Type == JTokenType.Integer && (long)value is >= int.MinValue and <= int.MaxValue,
        "long" => value.Type == JTokenType.Integer,
        "double" => value.Type is JTokenType.Integer or JTokenType.Float,
        "string" => value.Type == JTokenType.String,
        "date" => value is JValue { Value: string text } && DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
        _ => throw new ArgumentException($"{primitive} is none of {Primitives}.", nameof(primitive)),
    };

    private static string Shown(JToken value)
    {
        var text = value.ToString(Formatting.None);
        return text.Length <= 200 ? text : $"{text[..200]}…";
    }
}
