using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>The path of a body query, <c>$body.</c> cut off: names and <c>name[index]</c>, with dots between them.</summary>
internal sealed partial class BodyPath
{
    private readonly string _path;
    private readonly (string Name, int? Index)[]? _plain;

    private BodyPath(string path)
    {
        _path = path;
        if (Plain().IsMatch(path)) _plain = [.. path.Split('.').Select(SegmentOf)];
    }

    /// <returns>Null if edgeHub refuses the path.</returns>
    public static BodyPath? TryParse(string path) => IsAccepted(path) ? new BodyPath(path) : null;

    /// <returns><see cref="Value.Missing"/> for what is not there; undefined for objects, arrays, dates and whatever is more than one value.</returns>
    public Value Select(JObject body)
    {
        if (_plain is null) return SelectByLibrary(body);
        JToken? token = body;
        foreach (var (name, index) in _plain)
        {
            token = token is JObject parent ? parent[name] : null;
            if (index is not null) token = token is JArray or JConstructor && index < ((JContainer)token).Count ? token[index.Value] : null;
            if (token is null) return Value.Missing;
        }

        return ValueOf(token);
    }

    /// <summary>edgeHub looks at no more than the begin of a path, and gives all of it to this library: wildcards work, other brackets may.</summary>
    private Value SelectByLibrary(JObject body)
    {
        try
        {
            return body.SelectTokens(_path).Take(2).ToList() switch
            {
                [] => Value.Missing,
                [var token] => ValueOf(token),
                _ => Value.Undefined,
            };
        }
        catch (Exception)
        {
            // As in edgeHub: a path that the library cannot follow finds nothing, and the message goes on.
            return Value.Undefined;
        }
    }

    private static Value ValueOf(JToken token) => token.Type switch
    {
        JTokenType.Boolean => Value.Of((bool)token),
        JTokenType.Integer or JTokenType.Float => Value.OfBody((double)token),
        JTokenType.String => Value.Of((string)token!),
        JTokenType.Null => Value.Null,
        _ => Value.Undefined,
    };

    private static (string Name, int? Index) SegmentOf(string segment)
    {
        var bracket = segment.IndexOf('[');
        return bracket < 0 ? (segment, null) : (segment[..bracket], int.Parse(segment.AsSpan()[(bracket + 1)..^1], CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Names are not only digits, and a bracket after a name holds digits. What follows a complete path with no dot between is not looked at.
    /// </summary>
    private static bool IsAccepted(ReadOnlySpan<char> path)
    {
        while (true)
        {
            var name = LengthOfWord(path);
            if (name == 0 || IsDigits(path[..name])) return false;
            path = path[name..];
            if (path.StartsWith("["))
            {
                var index = LengthOfWord(path[1..]);
                if (index == 0 || !IsDigits(path.Slice(1, index)) || !path[(index + 1)..].StartsWith("]")) return false;
                path = path[(index + 2)..];
            }

            if (!path.StartsWith(".")) return true;
            path = path[1..];
        }
    }

    private static int LengthOfWord(ReadOnlySpan<char> path)
    {
        var length = path.IndexOfAny('.', '[', ']');
        return length < 0 ? path.Length : length;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>What can mean nothing but names and indexes. Such paths are most, and are followed without being read anew for every message.</summary>
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]*(?:\[[0-9]{1,9}\])?(?:\.[A-Za-z_][A-Za-z0-9_-]*(?:\[[0-9]{1,9}\])?)*\z")]
    private static partial Regex Plain();
}
