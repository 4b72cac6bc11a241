using System.Text;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>The size of properties as IoT Hub counts it.</summary>
internal static class TwinSize
{
    public const int Most = 32 * 1024;

    private const int OfNumber = 8;
    private const int OfTruth = 4;

    /// <returns>Names and texts in UTF-8 without control characters, 8 bytes for a number, 4 for a boolean; objects and arrays are what is in them.</returns>
    public static int Of(JToken value) => value switch
    {
        JObject json => json.Properties().Sum(property => OfText(property.Name) + Of(property.Value)),
        JArray array => array.Sum(Of),
        { Type: JTokenType.String } => OfText((string)value!),
        { Type: JTokenType.Boolean } => OfTruth,
        { Type: JTokenType.Null } => 0,
        _ => OfNumber,
    };

    private static int OfText(string text) => Encoding.UTF8.GetByteCount(text) - text.Sum(c => char.IsControl(c) ? Encoding.UTF8.GetByteCount([c]) : 0);
}
