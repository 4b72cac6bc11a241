using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests.TwinModels;

/// <summary>
/// The rules of DTDL v3 for what the models here use. Microsoft's own parser judges them too, where Node is installed (EdgeSimulator.Conformance.Tests).
/// </summary>
internal sealed partial class DtdlRules
{
    private const int MostBytes = 1 << 20;
    private const int MostDepth = 5;
    private const int MostText = 512;
    private const int MostDisplayName = 64;
    private const int MostId = 128;

    private static readonly string[] Primitives = ["boolean", "date", "dateTime", "double", "duration", "float", "integer", "long", "string", "time"];
    private static readonly string[] Numeric = ["double", "float", "integer", "long"];
    private static readonly string[] Common = ["@type", "displayName", "description", "comment"];

    private static readonly Dictionary<string, string[]> Units = new()
    {
        ["TimeSpan"] = ["day", "hour", "microsecond", "millisecond", "minute", "nanosecond", "second", "year"],
        ["DataSize"] = ["bit", "byte", "kibibyte", "mebibyte", "gibibyte"],
    };

    /// <summary>Members beside those that every element may have: the required ones, then the others.</summary>
    private static readonly Dictionary<string, (string[] Required, string[] Optional)> Members = new()
    {
        ["Interface"] = (["@context", "@id", "@type", "contents"], []),
        ["Property"] = (["@type", "name", "schema"], ["writable", "unit"]),
        ["Telemetry"] = (["@type", "name", "schema"], ["unit"]),
        ["Command"] = (["@type", "name"], ["request", "response"]),
        ["CommandRequest"] = (["name", "schema"], []),
        ["CommandResponse"] = (["name", "schema"], []),
        ["Field"] = (["name", "schema"], ["unit"]),
        ["Object"] = (["@type"], ["fields"]),
        ["Array"] = (["@type", "elementSchema"], []),
        ["Map"] = (["@type", "mapKey", "mapValue"], []),
        ["MapKey"] = (["name", "schema"], []),
        ["MapValue"] = (["name", "schema"], []),
        ["Enum"] = (["@type", "valueSchema", "enumValues"], []),
        ["EnumValue"] = (["name", "enumValue"], []),
    };

    private readonly List<string> _mistakes = [];

    private DtdlRules()
    {
    }

    /// <returns>Sentences that name the place.</returns>
    public static IReadOnlyList<string> MistakesIn(JObject model)
    {
        var rules = new DtdlRules();
        rules.Interface(model);
        return rules._mistakes;
    }

    private void Interface(JObject model)
    {
        Element(model, "Interface", "$");
        var contexts = model["@context"] is JArray several ? several.Values<string>().ToArray() : [(string?)model["@context"]];
        Require(contexts is ["dtmi:dtdl:context;3", ..], "$.@context must begin with dtmi:dtdl:context;3.");
        Require((string?)model["@id"] is { Length: <= MostId } id && Dtmi().IsMatch(id), "$.@id must be a DTMI of at most 128 characters.");
        Require(Encoding.UTF8.GetByteCount(model.ToString(Formatting.Indented)) <= MostBytes, "The interface must have at most 1 MiB.");
        if (model["contents"] is not JArray contents) return;
        Unique(contents, "name", "$.contents");
        foreach (var content in contents) Content(content, $"$.{(string?)content["name"]}");
    }

    private void Content(JToken content, string path)
    {
        var type = TypesOf(content).FirstOrDefault(each => each is "Property" or "Telemetry" or "Command");
        if (type is null)
        {
            _mistakes.Add($"{path} must be a Property, a Telemetry or a Command.");
            return;
        }

        Element(content, type, path);
        if (type != "Command") Schema(content["schema"], $"{path}.schema", 1);
        foreach (var (member, kind) in new[] { ("request", "CommandRequest"), ("response", "CommandResponse") })
        {
            if (content[member] is not { } part) continue;
            Element(part, kind, $"{path}.{member}");
            Schema(part["schema"], $"{path}.{member}.schema", 1);
        }
    }

    private void Schema(JToken? schema, string path, int depth)
    {
        if (schema is JValue)
        {
            Require(Primitives.Contains((string?)schema), $"{path} is {schema}, which is no schema.");
            return;
        }

        var type = schema is JObject ? (string?)schema["@type"] : null;
        Require(type is "Object" or "Array" or "Map" or "Enum", $"{path} must be an Object, an Array, a Map or an Enum.");
        Require(depth <= MostDepth, $"{path} is {depth} schemas deep; {MostDepth} are allowed.");
        if (type is null || !Members.ContainsKey(type)) return;
        Element(schema!, type, path);
        switch (type)
        {
            case "Array":
                Schema(schema!["elementSchema"], $"{path}[]", depth + 1);
                break;
            case "Map":
                Element(schema!["mapKey"], "MapKey", $"{path}.mapKey");
                Require((string?)schema["mapKey"]?["schema"] == "string", $"{path}.mapKey must be a string.");
                Element(schema["mapValue"], "MapValue", $"{path}.mapValue");
                Schema(schema["mapValue"]?["schema"], $"{path}.mapValue", depth + 1);
                break;
            case "Object":
                Unique(schema!["fields"], "name", path);
                foreach (var field in schema["fields"] ?? new JArray())
                {
                    Element(field, "Field", $"{path}.{(string?)field["name"]}");
                    Schema(field["schema"], $"{path}.{(string?)field["name"]}", depth + 1);
                }

                break;
            case "Enum":
                Require((string?)schema!["valueSchema"] is "string" or "integer", $"{path}.valueSchema must be string or integer.");
                Unique(schema["enumValues"], "name", path);
                Unique(schema["enumValues"], "enumValue", path);
                foreach (var value in schema["enumValues"] ?? new JArray()) Element(value, "EnumValue", $"{path}.{(string?)value["name"]}");
                break;
        }
    }

    private void Element(JToken? token, string kind, string path)
    {
        if (token is not JObject element)
        {
            _mistakes.Add($"{path} must be an object: the {kind}.");
            return;
        }

        var (required, optional) = Members[kind];
        foreach (var member in required.Where(member => element[member] is null)) _mistakes.Add($"{path} has no {member}.");
        var odd = element.Properties().Select(member => member.Name).Except(required.Concat(optional).Concat(Common));
        _mistakes.AddRange(odd.Select(member => $"{path} has {member}, which is none of a {kind}."));
        var hasName = (string?)element["name"] is { Length: <= MostText } name && Name().IsMatch(name);
        Require(hasName || !required.Contains("name"), $"{path}.name must match {Name()}.");
        Require(((string?)element["displayName"] ?? "").Length <= MostDisplayName, $"{path}.displayName must have at most {MostDisplayName} characters.");
        foreach (var text in new[] { "description", "comment" })
            Require(((string?)element[text] ?? "").Length <= MostText, $"{path}.{text} must have at most {MostText} characters.");
        Unit(element, kind, path);
    }

    private void Unit(JObject element, string kind, string path)
    {
        var semantic = TypesOf(element).Except([kind]).ToList();
        if (semantic.Count == 0 && element["unit"] is null) return;
        Require(semantic.Count == 1 && Units.TryGetValue(semantic[0], out var units) && units.Contains((string?)element["unit"]),
            $"{path} has a unit that is none of its type.");
        Require(element["schema"] is JValue schema && Numeric.Contains((string?)schema), $"{path} has a unit, so its schema must be a number.");
    }

    private void Unique(JToken? elements, string member, string path)
    {
        var seen = new HashSet<string>();
        var twice = (elements ?? new JArray()).Select(element => $"{element[member]}").Where(value => !seen.Add(value));
        _mistakes.AddRange(twice.Select(value => $"{path} has two with the {member} {value}."));
    }

    private void Require(bool holds, string mistake)
    {
        if (!holds) _mistakes.Add(mistake);
    }

    private static IEnumerable<string> TypesOf(JToken element) =>
        (element["@type"] is JArray several ? several.Values<string>() : [(string?)element["@type"]]).OfType<string>();

    [GeneratedRegex(@"\Adtmi:[A-Za-z](?:\w*[A-Za-z0-9])?(?::[A-Za-z](?:\w*[A-Za-z0-9])?)*;[1-9][0-9]{0,8}(?:\.[1-9][0-9]{0,5})?\z")]
    private static partial Regex Dtmi();

    [GeneratedRegex(@"\A[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?\z")]
    private static partial Regex Name();
}
