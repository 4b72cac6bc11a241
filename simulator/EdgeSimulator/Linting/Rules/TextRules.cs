using EdgeSimulator.Manifests;

namespace EdgeSimulator.Linting.Rules;

/// <summary>The text of the files: before anything is asked about what they say.</summary>
internal static class TextRules
{
    /// <returns>Whether every file is a JSON object.</returns>
    public static bool Check(IReadOnlyList<JsonSource> sources, Findings findings)
    {
        foreach (var source in sources)
        {
            foreach (var (mistake, place) in source.Mistakes) Tell(source, mistake, place, findings);
            if (source.Json is null && source.Mistakes.All(found => found.Mistake.Kind is not JsonMistakeKind.Syntax))
                findings.Add(LintRules.JsonSyntax, source, "", new TextPlace(1, 1), "The file holds no JSON object.");
        }

        return sources.All(source => source.Json is not null);
    }

    private static void Tell(JsonSource source, JsonMistake mistake, TextPlace place, Findings findings)
    {
        switch (mistake.Kind)
        {
            case JsonMistakeKind.Duplicate:
                findings.Add(LintRules.JsonDuplicateKey, source, mistake.Path, place, $"The name \"{mistake.Problem}\" is here again; it must be there once.");
                break;
            case JsonMistakeKind.Comment when source.IsTemplate:
                break;
            case JsonMistakeKind.Comment:
                findings.Add(LintRules.JsonComment, source, mistake.Path, place, "Here is a comment; JSON has none.");
                break;
            default:
                TellOfSyntax(source, mistake, place, findings);
                break;
        }
    }

    private static void TellOfSyntax(JsonSource source, JsonMistake mistake, TextPlace place, Findings findings)
    {
        // Outside of a string a placeholder may stand for a number or an object, and without a value for nothing.
        if (source.TextAt(place).StartsWith("${", StringComparison.Ordinal) && Placeholders.FirstUndefined(source.TextAt(place)) is { } name)
        {
            findings.Add(
                LintRules.PlaceholderUndefined, source, mistake.Path, place,
                $"{name} is neither in the environment file nor in the environment, so here is no value; nothing behind it has been read.");
        }
        else
        {
            findings.Add(LintRules.JsonSyntax, source, mistake.Path, place, $"The text is no JSON: {mistake.Problem}");
        }
    }
}
