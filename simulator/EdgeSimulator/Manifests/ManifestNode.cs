using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>A place in a manifest that is read by type; what is wrong there is said with file, path, value, and what it must be.</summary>
internal readonly struct ManifestNode(string file, JObject json)
{
    private const int ShownLength = 120;

    public JObject Json { get; } = json;

    public IEnumerable<string> Names => Json.Properties().Select(property => property.Name);

    public bool Has(string name) => Json.ContainsKey(name);

    public ManifestNode Object(string name) =>
        Json[name] is JObject value ? new ManifestNode(file, value) : throw Wrong(name, "an object");

    public ManifestNode? OptionalObject(string name) => Has(name) ? Object(name) : null;

    /// <exception cref="SimulatorException">Not a string, empty, or with a placeholder that is defined nowhere.</exception>
    public string String(string name)
    {
        if (Json[name] is not JValue { Type: JTokenType.String, Value: string { Length: > 0 } text }) throw Wrong(name, "a text that is not empty");
        if (Placeholders.FirstUndefined(text) is { } undefined)
            throw Wrong(name, $"free of undefined names: {undefined} is neither in the environment file nor in the environment");
        return text;
    }

    public T Choice<T>(string name, params (string Text, T Value)[] choices)
    {
        foreach (var (text, value) in choices)
        {
            if (Json[name] is JValue { Value: string found } && found == text) return value;
        }

        throw Wrong(name, string.Join(", ", choices.SkipLast(1).Select(choice => choice.Text)) + " or " + choices[^1].Text);
    }

    public long Integer(string name, long least, long most) =>
        Json[name] is JValue { Type: JTokenType.Integer, Value: long value } && value >= least && value <= most
            ? value
            : throw Wrong(name, $"an integer from {least} to {most}");

    /// <summary>The text of a string, number or boolean.</summary>
    public string Scalar(string name)
    {
        if (Json[name] is JValue { Type: JTokenType.Integer or JTokenType.Float or JTokenType.Boolean } value) return value.ToString(Formatting.None);
        if (Json[name] is JValue { Value: "" }) return "";
        return Json[name] is JValue { Type: JTokenType.String } ? String(name) : throw Wrong(name, "a string, number or boolean");
    }

    /// <summary>The variables under <c>env</c>, each an object with a <c>value</c>.</summary>
    public Dictionary<string, string> Environment()
    {
        if (OptionalObject("env") is not { } variables) return [];
        return variables.Names.ToDictionary(name => name, name => variables.Object(name).Scalar("value"));
    }

    public void AllowOnly(params string[] known)
    {
        foreach (var name in Names.Where(name => !known.Contains(name)))
            throw new SimulatorException($"{PlaceOf(name)} is not known here; it must be one of {string.Join(", ", known)}.");
    }

    public SimulatorException Wrong(string name, string mustBe)
    {
        var found = Json[name] is { } value ? Shorten(value.ToString(Formatting.None)) : "absent";
        return new SimulatorException($"{PlaceOf(name)} is {found}; it must be {mustBe}.");
    }

    /// <summary>File and path, for a sentence.</summary>
    public string PlaceOf(string name) => $"{file}: {PathOf(name)}";

    public string PathOf(string name)
    {
        if (Json[name] is { } value) return value.Path;
        return Json.Path.Length == 0 ? name : $"{Json.Path}.{name}";
    }

    private static string Shorten(string text) => text.Length <= ShownLength ? text : text[..ShownLength] + "…";
}
