using System.Text;
using Newtonsoft.Json;

namespace EdgeSimulator.Manifests;

/// <summary>
/// <c>${NAME}</c> in a template becomes the value of that variable. As in the field's tools it is the text that is expanded, so a placeholder may stand
/// for a number or a whole object; inside a JSON string the value is escaped. Names that are not defined, and the placeholders of images
/// (<c>${MODULES.X}</c>), stay as they are.
/// </summary>
public static class Placeholders
{
    /// <param name="lookup">Null for a name that is not defined.</param>
    /// <param name="expansions">Takes what was put in, in its order.</param>
    public static string Expand(string json, Func<string, string?> lookup, ICollection<Expansion>? expansions = null)
    {
        var expanded = new StringBuilder(json.Length);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (!inString && c == '/' && CommentEnd(json, i) is var end && end > i)
            {
                expanded.Append(json, i, end - i);
                i = end - 1;
            }
            else if (inString && c == '\\' && i + 1 < json.Length)
            {
                expanded.Append(c).Append(json[++i]);
            }
            else if (c == '$' && NameAt(json, i) is { } name && lookup(name) is { } value)
            {
                var text = inString ? JsonConvert.ToString(value)[1..^1] : value;
                expansions?.Add(new Expansion(expanded.Length, text.Length, i, name.Length + 3));
                expanded.Append(text);
                i += name.Length + 2;
            }
            else
            {
                if (c == '"') inString = !inString;
                expanded.Append(c);
            }
        }

        return expanded.ToString();
    }

    /// <returns>
    /// What the first <c>${…}</c> in <paramref name="text"/> names that expansion has left, be it a name or not; null when there are only those of images.
    /// </returns>
    public static string? FirstUndefined(string text)
    {
        for (var at = text.IndexOf("${", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${", at + 1, StringComparison.Ordinal))
        {
            var close = text.IndexOf('}', at);
            if (close < 0) return null;
            var inside = text[(at + 2)..close];
            if (!inside.StartsWith("MODULES.", StringComparison.Ordinal) && !inside.StartsWith("MODULEDIR<", StringComparison.Ordinal)) return inside;
        }

        return null;
    }

    private static string? NameAt(string text, int dollar)
    {
        if (dollar + 1 >= text.Length || text[dollar + 1] != '{') return null;
        var close = text.IndexOf('}', dollar);
        if (close < 0) return null;
        var name = text[(dollar + 2)..close];
        return EnvFile.IsName(name) ? name : null;
    }

    private static int CommentEnd(string text, int slash)
    {
        if (slash + 1 >= text.Length) return slash;
        var (mark, skip) = text[slash + 1] switch
        {
            '/' => ("\n", 0),
            '*' => ("*/", 2),
            _ => ("", 0),
        };
        if (mark.Length == 0) return slash;
        var end = text.IndexOf(mark, slash + 2, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + skip;
    }
}

/// <summary>A placeholder and what became of it; in characters from the begin of the text.</summary>
public readonly record struct Expansion(int At, int Length, int SourceAt, int SourceLength);
