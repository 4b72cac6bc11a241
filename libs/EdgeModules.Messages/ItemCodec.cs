using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages;

/// <summary>Reads the items of messages that carry no readings: scores, commands, alerts. They are few, so each becomes a tree.</summary>
public static class ItemCodec
{
    /// <param name="body">UTF-8 JSON: one object or an array of them; a byte order mark is allowed.</param>
    /// <returns>The usable items and, apart, the unusable ones. A body that is no JSON gives no item and one <see cref="InvalidReading"/> that spans it.</returns>
    public static ItemBatch Decode(ReadOnlyMemory<byte> body)
    {
        var utf8 = body.Span;
        if (!Utf8.IsValid(utf8)) return Unreadable(utf8.Length, InvalidReasons.NotUtf8, "The body is not UTF-8; it must be UTF-8 JSON.");
        try
        {
            return Read(utf8, utf8.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
        }
        catch (JsonException error)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
            return Unreadable(utf8.Length, InvalidReasons.NotJson, $"The body is not JSON at {place}; it must be an object or an array of them.");
        }
    }

    private static ItemBatch Unreadable(int length, string reason, string error) => new([], [], [new InvalidReading(0, length, reason, "$", error)]);

    private static ItemBatch Read(ReadOnlySpan<byte> utf8, int start)
    {
        var (items, places, invalid) = (new List<JObject>(), new List<ItemPlace>(), new List<InvalidReading>());
        var reader = new Utf8JsonReader(utf8[start..]);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            ReadItem(ref reader, utf8, "$");
        }
        else
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                ReadItem(ref reader, utf8, string.Create(CultureInfo.InvariantCulture, $"$[{index}]"));
        }

        // What follows the value is an error that this finds.
        reader.Read();
        return new ItemBatch(items, places, invalid);

        void ReadItem(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string path)
        {
            var from = start + (int)reader.TokenStartIndex;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            var isText = SkipAsText(ref reader);
            var length = start + (int)reader.BytesConsumed - from;
            if (!isObject) Reject(InvalidReasons.NotAnObject, "The item is no object; it must be one.");
            else if (!isText) Reject(InvalidReasons.NotUnicode, "The item has half a surrogate pair in escapes; it must be Unicode text.");
            else if (length > MessageLimits.EmittedItem) Reject(InvalidReasons.TooLarge, $"The item has {length} bytes; it must have at most {MessageLimits.EmittedItem}.");
            else Accept((JObject)JsonText.Parse(Encoding.UTF8.GetString(utf8.Slice(from, length))));

            void Reject(string reason, string error) => invalid.Add(new InvalidReading(from, length, reason, path, error));

            void Accept(JObject item)
            {
                items.Add(item);
                places.Add(new ItemPlace(from, length, path));
            }
        }
    }

    /// <summary>Goes to the end of the value.</summary>
    /// <returns>False when a string of it is no Unicode text.</returns>
    private static bool SkipAsText(ref Utf8JsonReader reader)
    {
        var isText = true;
        var depth = reader.CurrentDepth;
        var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        do
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped) continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                isText = false;
            }
        }
        while (isContainer && reader.Read() && !(reader.CurrentDepth == depth && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray));
        return isText;
    }
}
