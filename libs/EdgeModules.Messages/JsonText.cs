using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages;

/// <summary>JSON trees as twins and methods need them: dates stay strings, and nothing may follow the value.</summary>
public static class JsonText
{
    /// <exception cref="JsonException">The text is not exactly one JSON value.</exception>
    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, MaxDepth = 64 };
        var token = JToken.Load(reader);
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
                throw new JsonReaderException($"Text follows the JSON value at line {reader.LineNumber}, column {reader.LinePosition}.");
        }

        return token;
    }

    /// <exception cref="JsonException">The text is not exactly one JSON object.</exception>
    public static JObject ParseObject(ReadOnlySpan<byte> utf8) =>
        Parse(Encoding.UTF8.GetString(utf8)) as JObject ?? throw new JsonReaderException("The JSON value must be an object.");

    /// <summary>UTF-8 without blanks.</summary>
    public static byte[] ToUtf8(JToken token) => Encoding.UTF8.GetBytes(token.ToString(Formatting.None));
}
