using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

/// <summary>A file of JSON with its placeholders expanded, and where in the file as it is written each of its parts stands.</summary>
internal sealed class JsonSource
{
    private readonly string _expanded;
    private readonly List<Expansion> _expansions = [];
    private readonly int[] _lines;
    private readonly JsonTree _tree;

    /// <param name="file">As findings name it.</param>
    /// <param name="text">As the file has it.</param>
    /// <param name="lookup">Values of <c>${NAME}</c>; null for a name that is not defined.</param>
    public JsonSource(string file, string text, Func<string, string?> lookup)
    {
        (File, Text) = (file, text);
        _expanded = Placeholders.Expand(text, lookup, _expansions);
        _lines = [0, .. text.Index().Where(c => c.Item == '\n').Select(c => c.Index + 1)];
        _tree = JsonTree.Parse(_expanded);
    }

    public string File { get; }

    public string Text { get; }

    /// <summary>Null when the text is no JSON, or no object.</summary>
    public JObject? Json => _tree.Root as JObject;

    /// <summary>By its own word, by its name, or, of a layer, by what only templates have.</summary>
    public bool IsTemplate => Json?.ContainsKey("$schema-template") == true || File.EndsWith(".template.json", StringComparison.OrdinalIgnoreCase)
        || (Json is { } json && DeploymentLayer.IsLayer(json) && Text.Contains("${MODULE", StringComparison.Ordinal));

    /// <summary>What is wrong with the text itself.</summary>
    public IEnumerable<(JsonMistake Mistake, TextPlace Place)> Mistakes => _tree.Mistakes.Select(mistake => (mistake, PlaceAt(mistake.At)));

    /// <param name="token">Of <see cref="Json"/>; a property stands where its name does.</param>
    public TextPlace PlaceOf(JToken token) => PlaceAt(_tree.StartOf(token));

    /// <returns>The text of the file from there to the end of the line.</returns>
    public string TextAt(TextPlace place) => Text[Math.Min(Text.Length, _lines[place.Line - 1] + place.Column - 1)..].Split('\n')[0];

    /// <param name="index">In characters of the string's value.</param>
    public TextPlace PlaceIn(JValue text, int index) => PlaceAt(_tree.StartOf(text) + 1 + LengthOfRaw(_tree.StartOf(text) + 1, index));

    /// <summary>Whether all or part of it came out of a placeholder.</summary>
    public bool IsFromPlaceholder(JToken token)
    {
        var start = _tree.StartOf(token);
        return _expansions.Any(expansion => expansion.At < _tree.EndOf(token) && expansion.At + expansion.Length > start);
    }

    private TextPlace PlaceAt(int expandedAt)
    {
        var at = SourceOf(expandedAt);
        var line = Array.BinarySearch(_lines, at) is >= 0 and var exact ? exact : ~Array.BinarySearch(_lines, at) - 1;
        return new TextPlace(line + 1, at - _lines[line] + 1);
    }

    private int SourceOf(int expandedAt)
    {
        var shift = 0;
        foreach (var expansion in _expansions)
        {
            if (expansion.At + expansion.Length > expandedAt) return Math.Min(expandedAt, expansion.At) + shift;
            shift = expansion.SourceAt + expansion.SourceLength - expansion.At - expansion.Length;
        }

        return expandedAt + shift;
    }

    /// <summary>How many characters of the file make so many of a string's value.</summary>
    private int LengthOfRaw(int start, int characters)
    {
        var at = start;
        for (; characters > 0 && at < _expanded.Length && _expanded[at] != '"'; characters--)
            at += _expanded[at] != '\\' || at + 1 >= _expanded.Length ? 1 : _expanded[at + 1] == 'u' ? 6 : 2;
        return at - start;
    }
}
