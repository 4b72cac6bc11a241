using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages;

/// <summary>JSON trees as twins and methods need them: dates stay strings, and nothing may follow the value.</summary>
public static class JsonText
{
    private const int MostTold = 500;

    /// <exception cref="JsonException">The text is not exactly one JSON value. The message is short, however long what it is about.</exception>
    public static JToken Parse(string text)
    {
        try
        {
            return ParseAll(text);
        }
        catch (JsonReaderException error) when (error.Message.Length > MostTold)
        {
            // It tells the whole of a number, or all names on the way to the place, and goes into answers and logs.
            throw new JsonReaderException($"{error.Message[..MostTold]}… at line {error.LineNumber}, column {error.LinePosition}.");
        }
    }

    private static JToken ParseAll(string text)
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
