using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

/// <summary>Takes what the rules find in one deployment, and finds its place in the files that it came from.</summary>
/// <param name="sources">The base first, layers behind it by their priority: what a later one has it has over those before.</param>
internal sealed class Findings(IReadOnlyList<JsonSource> sources)
{
    private readonly List<Finding> _all = [];

    private readonly Lazy<List<(JsonSource Source, Dictionary<string, JToken> Tokens)>> _index = new(() => [.. sources.Reverse().Select(IndexOf)]);

    public IReadOnlyList<Finding> All => _all;

    /// <summary>Only what is in these files is told; the rest stands for a base that is not known.</summary>
    public bool IsPartial { get; init; }

    /// <param name="at">Of a source, or of what was composed from the sources.</param>
    /// <param name="index">In characters of the text that <paramref name="at"/> is.</param>
    public void Add(LintRule rule, JToken at, string message, string? mend = null, string? why = null, Severity? severity = null, int index = -1) =>
        Add(rule, TokenPath.Of(at), "", message, mend, why, severity, index, at.Root);

    /// <param name="name">Of a property of <paramref name="parent"/>, which may be absent.</param>
    public void Add(
        LintRule rule, JObject parent, string name, string message, string? mend = null, string? why = null, Severity? severity = null, int index = -1)
    {
        var path = TokenPath.Of(parent, name);
        Add(rule, path, parent.ContainsKey(name) ? "" : name, message, mend, why, severity, index, parent.Root);
    }

    /// <summary>Of the text of a file, not of what it says.</summary>
    public void Add(LintRule rule, JsonSource source, string path, TextPlace place, string message) =>
        Take(new Finding(rule, rule.Severity, source.File, path, place, message, rule.Why, rule.Mend));

    /// <returns>The source that has it, or had it before placeholders were expanded.</returns>
    public (JsonSource Source, JToken Token)? Find(JToken at)
    {
        var path = TokenPath.Of(at);
        foreach (var (source, tokens) in _index.Value)
        {
            if (tokens.TryGetValue(path, out var token)) return (source, token);
        }

        return null;
    }

    private void Add(LintRule rule, string path, string missing, string message, string? mend, string? why, Severity? severity, int index, JToken root)
    {
        // A part of a file stands there; a part of what was composed stands in the last file that has it.
        var candidates = _index.Value.Where(candidate => candidate.Source.Json == root).ToList();
        if (candidates.Count == 0) candidates = _index.Value;
        for (var at = path; at is not null; at = TokenPath.Above(at))
        {
            // Whatever is further above belongs to a base that is not known.
            if (IsPartial && candidates == _index.Value && at != path && (missing.Length == 0 || at != TokenPath.Above(path))) return;
            foreach (var (source, tokens) in candidates)
            {
                if (!tokens.TryGetValue(at, out var token)) continue;
                var place = index >= 0 && token is JValue { Value: string } text
                    ? source.PlaceIn(text, index)
                    : source.PlaceOf(token.Parent is JProperty named ? named : token);
                var written = missing.Length > 0 ? token.Path.Length == 0 ? missing : $"{token.Path}.{missing}" : token.Path;
                Take(new Finding(rule, severity ?? rule.Severity, source.File, written, place, message, why ?? rule.Why, mend ?? rule.Mend));
                return;
            }
        }
    }

    private void Take(Finding finding)
    {
        if (!_all.Contains(finding)) _all.Add(finding);
    }

    private static (JsonSource Source, Dictionary<string, JToken> Tokens) IndexOf(JsonSource source)
    {
        var tokens = new Dictionary<string, JToken>();
        foreach (var token in source.Json?.DescendantsAndSelf() ?? [])
        {
            if (token is not JProperty) tokens.TryAdd(TokenPath.Of(token), token);
        }

        return (source, tokens);
    }
}
