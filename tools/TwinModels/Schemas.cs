using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.TwinModels;

/// <summary>Schemas of DTDL v3.</summary>
internal static class Schemas
{
    public const string Flag = "boolean";
    public const string Integer = "integer";
    public const string Long = "long";
    public const string Real = "double";
    public const string Text = "string";

    /// <summary>Begins the comment of a schema whose values may have another form: DTDL has no unions.</summary>
    public const string OrAnObject = "Or an object";
    public const string OrAString = "Or a string";
    public const string OrAnything = "Or anything";

    /// <summary>Begins the comment of an object that may have members of any name.</summary>
    public const string Open = "Open";

    /// <summary>The units that a name says at its end, as IoT Plug and Play calls them.</summary>
    private static readonly (string Suffix, string Type, string Unit)[] Units =
    [
        ("Milliseconds", "TimeSpan", "millisecond"), ("Ms", "TimeSpan", "millisecond"), ("Seconds", "TimeSpan", "second"), ("Minutes", "TimeSpan", "minute"),
        ("Hours", "TimeSpan", "hour"), ("Bytes", "DataSize", "byte"),
    ];

    public static JObject Object(params JObject[] fields) => new() { ["@type"] = "Object", ["fields"] = new JArray(fields) };

    /// <param name="members">What the others are.</param>
    public static JObject OpenObject(string members, params JObject[] fields) =>
        new() { ["@type"] = "Object", ["comment"] = $"{Open}: {members}", ["fields"] = new JArray(fields) };

    public static JObject Array(JToken element, string? comment = null)
    {
        var array = new JObject { ["@type"] = "Array" };
        if (comment is not null) array["comment"] = comment;
        array["elementSchema"] = element;
        return array;
    }

    public static JObject Map(JToken value, string? comment = null, string key = "id")
    {
        var member = new JObject { ["name"] = "value" };
        if (comment is not null) member["comment"] = comment;
        member["schema"] = value;
        return new JObject { ["@type"] = "Map", ["mapKey"] = new JObject { ["name"] = key, ["schema"] = Text }, ["mapValue"] = member };
    }

    public static JObject Enum(params string[] values) => new()
    {
        ["@type"] = "Enum", ["valueSchema"] = Text,
            ["enumValues"] = new JArray(values.Select(value => new JObject { ["name"] = NameOf(value), ["enumValue"] = value })),
    };

    /// <summary>As it stands in JSON: in camelCase.</summary>
    public static JObject Enum<T>()
        where T : struct, Enum => Enum([.. System.Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)]);

    /// <summary>A member of an object.</summary>
    public static JObject Field(string name, JToken schema, string? description = null, string? comment = null) =>
        Element(null, name, schema, description, comment);

    /// <param name="type">Null for a field.</param>
    public static JObject Element(string? type, string name, JToken? schema, string? description, string? comment)
    {
        var json = new JObject();
        var unit = schema is JValue { Value: string primitive } && primitive is Integer or Long or Real
            ? Units.FirstOrDefault(each => name.EndsWith(each.Suffix, StringComparison.Ordinal))
            : default;
        if (unit.Unit is not null) json["@type"] = new JArray(type ?? "Field", unit.Type);
        else if (type is not null) json["@type"] = type;
        json["name"] = name;
        json["displayName"] = DisplayName(name);
        if (description is not null) json["description"] = description;
        if (comment is not null) json["comment"] = comment;
        if (schema is not null) json["schema"] = schema;
        if (unit.Unit is not null) json["unit"] = unit.Unit;
        return json;
    }

    /// <summary><c>maxSilenceSeconds</c> → <c>Max silence seconds</c>.</summary>
    internal static string DisplayName(string name)
    {
        var words = string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) && !char.IsUpper(name[i - 1]) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>A name takes letters, digits and underscores only.</summary>
    private static string NameOf(string value) =>
        string.Concat(value.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
