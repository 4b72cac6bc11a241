using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>A place in a manifest that is read by type; what is wrong there is said with file, path, value, and what it must be.</summary>
/// <param name="mistakes">Null to stop at the first mistake.</param>
internal readonly struct ManifestNode(string file, JObject json, ManifestMistakes? mistakes = null)
{
    private const int ShownLength = 120;

    public JObject Json { get; } = json;

    public IEnumerable<string> Names => Json.Properties().Select(property => property.Name);

    public bool Has(string name) => Json.ContainsKey(name);

    public ManifestNode Object(string name) =>
        Json[name] is JObject value ? new ManifestNode(file, value, mistakes) : throw Wrong(name, "an object");

    public ManifestNode? OptionalObject(string name) => Has(name) ? Object(name) : null;

    /// <summary>Reads a part without which the rest can be read too: where mistakes are taken, its first one does not end the reading.</summary>
    /// <param name="otherwise">What stands for a part that is wrong.</param>
    public T Try<T>(Func<ManifestNode, T> read, T otherwise)
    {
        try
        {
            return read(this);
        }
        catch (ManifestException mistake) when (mistakes is not null)
        {
            mistakes.Add(mistake);
            return otherwise;
        }
    }

    /// <exception cref="ManifestException">Not a string, empty, or with a placeholder that is defined nowhere.</exception>
    public string String(string name)
    {
        if (Json[name] is not JValue { Type: JTokenType.String, Value: string { Length: > 0 } text }) throw Wrong(name, "a text that is not empty");
        if (Placeholders.FirstUndefined(text) is { } undefined)
        {
            throw Mistaken(
                ManifestMistake.Undefined, name,
                $"is {Found(name)}; it must be free of undefined names: {undefined} is neither in the environment file nor in the environment.");
        }

        return text;
    }

    public T Choice<T>(string name, params (string Text, T Value)[] choices)
    {
        foreach (var (text, value) in choices)
        {
            if (Json[name] is JValue { Value: string found } && found == text) return value;
        }

        var others = string.Join(", ", choices.SkipLast(1).Select(choice => choice.Text));
        throw Wrong(name, others.Length == 0 ? choices[^1].Text : others + " or " + choices[^1].Text);
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
        var values = new Dictionary<string, string>();
        if (OptionalObject("env") is not { } variables) return values;
        foreach (var name in variables.Names)
        {
            if (variables.Try(node => node.Object(name).Scalar("value"), null) is { } value) values[name] = value;
        }

        return values;
    }

    public void AllowOnly(params string[] known)
    {
        foreach (var name in Names.Where(name => !known.Contains(name)))
            Try<object?>(node => throw node.Mistaken(ManifestMistake.Unknown, name, $"is not known here; it must be one of {string.Join(", ", known)}."), null);
    }

    public ManifestException Wrong(string name, string mustBe) => Wrong(Has(name) ? ManifestMistake.Wrong : ManifestMistake.Missing, name, mustBe);

    public ManifestException Wrong(ManifestMistake mistake, string name, string mustBe) => Mistaken(mistake, name, $"is {Found(name)}; it must be {mustBe}.");

    public ManifestException Mistaken(ManifestMistake mistake, string name, string problem) =>
        new($"{PlaceOf(name)} {problem}", mistake, Json, name, problem);

    /// <summary>File and path, for a sentence.</summary>
    public string PlaceOf(string name) => $"{file}: {PathOf(name)}";

    /// <summary>Of a remark on this node, or on one below it.</summary>
    public string PlaceOf(HubRemark remark) => new ManifestNode(file, remark.Parent).PlaceOf(remark.Name);

    public string PathOf(string name)
    {
        if (Json[name] is { } value) return value.Path;
        return Json.Path.Length == 0 ? name : $"{Json.Path}.{name}";
    }

    public void Note(IEnumerable<HubRemark> remarks) => mistakes?.Add(remarks);

    private string Found(string name) => Json[name] is { } value ? Shorten(value.ToString(Formatting.None)) : "absent";

    private static string Shorten(string text) => text.Length <= ShownLength ? text : text[..ShownLength] + "…";
}
