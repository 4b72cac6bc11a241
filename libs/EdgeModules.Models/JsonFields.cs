using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Models;

/// <summary>The fields of one JSON object, each asked for once; what is wrong goes to a list that is shared by the whole text.</summary>
internal sealed class JsonFields
{
    private readonly JObject _object;
    private readonly string _path;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly bool _isAbsent;

    public JsonFields(JToken? json, string path, List<string> errors)
    {
        (_path, Errors) = (path, errors);
        _isAbsent = json is not JObject;
        _object = json as JObject ?? [];
        if (_isAbsent) AddAt(path, json, "an object");
    }

    public List<string> Errors { get; }

    /// <summary>False for null too.</summary>
    public bool Has(string key) => !IsLeftOut(key);

    public JObject Take()
    {
        foreach (var property in _object.Properties()) _asked.Add(property.Name);
        return (JObject)_object.DeepClone();
    }

    public JsonFields Object(string key)
    {
        _asked.Add(key);
        return new JsonFields(_object[key], PathOf(key), Errors);
    }

    /// <param name="absent">What is meant without the field; null: it is required.</param>
    public string Text(string key, string? absent, Predicate<string> holds, string must)
    {
        if (IsLeftOut(key) && absent is not null) return absent;
        if (_object[key] is JValue { Value: string text } && holds(text)) return text;
        Add(key, must);
        return "";
    }

    public string OneOf(string key, string? absent, IReadOnlyList<string> choices) =>
        Text(key, absent, choices.Contains, $"one of {string.Join(", ", choices)}");

    public long Integer(string key, long? absent, long min, long max, string must)
    {
        if (IsLeftOut(key) && absent is { } value) return value;
        if (_object[key] is JValue { Type: JTokenType.Integer, Value: long found } && found >= min && found <= max) return found;
        Add(key, must);
        return min;
    }

    public double? Number(string key, double? absent, Predicate<double> holds, string must)
    {
        if (IsLeftOut(key) && absent is not null) return absent;
        if (ToNumber(_object[key]) is { } number && holds(number)) return number;
        Add(key, must);
        return null;
    }

    /// <returns>Nothing when there is no array, or one that is too short or too long.</returns>
    public IEnumerable<(JToken Value, string Path)> Items(string key, bool isRequired, int min, int max)
    {
        if (IsLeftOut(key) && !isRequired) return [];
        if (_object[key] is JArray array && array.Count >= min && array.Count <= max)
            return array.Select((item, index) => (item, $"{PathOf(key)}[{index}]"));
        var items = min == max ? $"{min}" : max == int.MaxValue ? $"{min} or more" : $"{min} to {max}";
        if (_object[key] is JArray other) Errors.Add($"{PathOf(key)} has {other.Count} items; it must be an array of {items}.");
        else Add(key, $"an array of {items}");
        return [];
    }

    public void Add(string key, string must)
    {
        // Of an object that is not there, that is said once.
        if (!_isAbsent) AddAt(PathOf(key), _object[key], must);
    }

    public void AddAt(string path, JToken? value, string must) => Errors.Add($"{path} is {Show(value)}; it must be {must}.");

    public void RejectOthers(string must = "absent, or spelt as the documentation has it")
    {
        foreach (var property in _object.Properties().Where(property => !_asked.Contains(property.Name))) AddAt(PathOf(property.Name), property.Value, must);
    }

    public static double? ToNumber(JToken? value) => value switch
    {
        JValue { Type: JTokenType.Integer, Value: long number } => number,
        JValue { Type: JTokenType.Float, Value: double number } => number,
        _ => null,
    };

    public static string Show(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";

    private static string Show(JToken? value)
    {
        if (value is null) return "absent";
        var text = value.ToString(Formatting.None);
        return text.Length <= 100 ? text : text[..(char.IsHighSurrogate(text[99]) ? 99 : 100)] + "…";
    }

    private bool IsLeftOut(string key)
    {
        _asked.Add(key);
        return _object[key] is null or { Type: JTokenType.Null };
    }

    private string PathOf(string key) => _path == "$" ? key : $"{_path}.{key}";
}
