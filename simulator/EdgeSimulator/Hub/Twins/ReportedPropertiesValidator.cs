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
        return bytes > MaxPatchBytes ? $"The patch has {bytes} bytes; it must have at most {MaxPatchBytes}." : FindMistakes(patch).FirstOrDefault()?.Problem;
    }

    /// <summary>All that is wrong, but for the size.</summary>
    public static IEnumerable<TwinMistake> FindMistakes(JObject properties) => FindMistakes(properties, 0, inArray: false);

    private static IEnumerable<TwinMistake> FindMistakes(JToken token, int depth, bool inArray) => token switch
    {
        JContainer when depth > MaxDepth => [new(TwinMistakeKind.Depth, token, $"{token.Path} lies deeper than {MaxDepth} levels.")],
        JObject nested => nested.Properties().SelectMany(property => FindNameMistakes(property).Concat(FindMistakes(property.Value, depth + 1, inArray))),
        JArray array => array.SelectMany(item => FindMistakes(item, depth + 1, inArray: true)),
        _ => FindValueMistakes(token, inArray),
    };

    private static IEnumerable<TwinMistake> FindNameMistakes(JProperty property)
    {
        if (Encoding.UTF8.GetByteCount(property.Name) > MaxNameBytes)
            yield return new(TwinMistakeKind.Key, property.Value, $"A name in {property.Parent?.Path} has more than {MaxNameBytes} bytes.");
        else if (property.Name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '.' or '$' or '#'))
            yield return new(TwinMistakeKind.Key, property.Value, $"The name '{property.Name}' has a blank, a control character, or one of . $ #.");
    }

    private static IEnumerable<TwinMistake> FindValueMistakes(JToken value, bool inArray)
    {
        if (value.Type is JTokenType.Null && inArray)
            yield return new(TwinMistakeKind.NullInArray, value, $"{value.Path} is null inside an array.");
        else if (value.Type is JTokenType.Integer && !IsSafe(value))
            yield return new(TwinMistakeKind.Integer, value, $"{value.Path} is {value}; an integer must lie in {MinInteger} to {MaxInteger}.");
        else if (value.Type is JTokenType.String && Encoding.UTF8.GetByteCount((string)value!) > MaxStringBytes)
            yield return new(TwinMistakeKind.Text, value, $"{value.Path} has more than {MaxStringBytes} bytes.");
    }

    /// <summary>An integer too great for 64 bits is no <see cref="long"/> here.</summary>
    private static bool IsSafe(JToken value) => ((JValue)value).Value is long and >= MinInteger and <= MaxInteger;
}

internal enum TwinMistakeKind
{
    Key,
    Depth,
    Text,
    Integer,
    NullInArray,
}

/// <param name="At">The value that is wrong, or that has a wrong name.</param>
/// <param name="Problem">A sentence.</param>
internal sealed record TwinMistake(TwinMistakeKind Kind, JToken At, string Problem);
