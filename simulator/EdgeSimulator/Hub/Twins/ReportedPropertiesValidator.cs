using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Twins;

/// <summary>edgeHub's rules for a patch of reported properties.</summary>
internal static class ReportedPropertiesValidator
{
    private const int MaxDepth = 10;
    private const int MaxNameBytes = 1024;
    private const int MaxStringBytes = 4096;
    private const int MaxPatchBytes = 32 * 1024;
    private const long MaxInteger = (1L << 52) - 1;
    private const long MinInteger = -(1L << 52);

    /// <returns>What is wrong, in one sentence; null when nothing is.</returns>
    public static string? FindError(JObject patch)
    {
        var bytes = JsonText.ToUtf8(patch).Length;
        return bytes > MaxPatchBytes ? $"The patch has {bytes} bytes; it must have at most {MaxPatchBytes}." : FindError(patch, 0, inArray: false);
    }

    private static string? FindError(JToken token, int depth, bool inArray) => token switch
    {
        JContainer when depth > MaxDepth => $"{token.Path} lies deeper than {MaxDepth} levels.",
        JObject nested => nested.Properties()
            .Select(property => FindNameError(property) ?? FindError(property.Value, depth + 1, inArray))
            .FirstOrDefault(error => error is not null),
        JArray array => array.Select(item => FindError(item, depth + 1, inArray: true)).FirstOrDefault(error => error is not null),
        _ => FindValueError(token, inArray),
    };

    private static string? FindNameError(JProperty property)
    {
        if (Encoding.UTF8.GetByteCount(property.Name) > MaxNameBytes) return $"A name in {property.Parent?.Path} has more than {MaxNameBytes} bytes.";
        return property.Name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '.' or '$' or '#')
            ? $"The name '{property.Name}' has a blank, a control character, or one of . $ #."
            : null;
    }

    private static string? FindValueError(JToken value, bool inArray) => value.Type switch
    {
        JTokenType.Null when inArray => $"{value.Path} is null inside an array.",
        JTokenType.Integer when !IsSafe(value) => $"{value.Path} is {value}; an integer must lie in {MinInteger} to {MaxInteger}.",
        JTokenType.String when Encoding.UTF8.GetByteCount((string)value!) > MaxStringBytes => $"{value.Path} has more than {MaxStringBytes} bytes.",
        _ => null,
    };

    /// <summary>An integer too great for 64 bits is no <see cref="long"/> here.</summary>
    private static bool IsSafe(JToken value) => ((JValue)value).Value is long and >= MinInteger and <= MaxInteger;
}
