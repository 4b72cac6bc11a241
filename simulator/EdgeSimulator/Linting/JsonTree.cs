using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

internal enum JsonMistakeKind
{
    /// <summary>The text is no JSON; nothing behind it has been read.</summary>
    Syntax,

    /// <summary>An object has a name twice.</summary>
    Duplicate,
    Comment,
}

/// <param name="At">In characters from the begin of the text.</param>
/// <param name="Path">Of the place, as far as it is known.</param>
internal readonly record struct JsonMistake(JsonMistakeKind Kind, int At, string Path, string Problem);

/// <summary>
/// Reads JSON strictly, as IoT Hub and the Azure CLI do, keeps where each value stands, and notes what a reader that is less strict passes over.
/// </summary>
internal sealed class JsonTree
{
    /// <summary>As everywhere in the simulator.</summary>
    private const int MaxDepth = 64;

    private readonly Dictionary<JToken, (int Start, int End)> _spans = new(ReferenceEqualityComparer.Instance);
    private readonly List<JsonMistake> _mistakes = [];
    private readonly byte[] _utf8;
    private (int Bytes, int Characters) _counted;

    private JsonTree(string text) => _utf8 = Encoding.UTF8.GetBytes(text);

    public JToken? Root { get; private set; }

    public IReadOnlyList<JsonMistake> Mistakes => _mistakes;

    public int StartOf(JToken token) => _spans.TryGetValue(token, out var span) ? span.Start : 0;

    public int EndOf(JToken token) => _spans.TryGetValue(token, out var span) ? span.End : 0;

    public static JsonTree Parse(string text)
    {
        var tree = new JsonTree(text);
        tree.Read(text);
        return tree;
    }

    private void Read(string text)
    {
        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, MaxDepth = MaxDepth });
        var open = new Stack<JContainer>();
        try
        {
            while (reader.Read()) Take(ref reader, open);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A string with half a surrogate pair is told of when its text is asked for.
            var at = error is JsonException { LineNumber: { } line, BytePositionInLine: { } position }
                ? OffsetOf(text, line, position)
                : (int)reader.TokenStartIndex;
            var said = error is JsonException ? error.Message.Split(" LineNumber:")[0] : "A text has half of a surrogate pair.";
            var path = open.TryPeek(out var inside) ? inside.Path : "";
            _mistakes.Add(new JsonMistake(JsonMistakeKind.Syntax, CharactersUpTo(Math.Min(at, _utf8.Length)), path, said));
            Root = null;
        }
    }

    private void Take(ref Utf8JsonReader reader, Stack<JContainer> open)
    {
        var (start, end) = (CharactersUpTo((int)reader.TokenStartIndex), CharactersUpTo((int)reader.BytesConsumed));
        switch (reader.TokenType)
        {
            case JsonTokenType.Comment:
                _mistakes.Add(new JsonMistake(JsonMistakeKind.Comment, start, open.TryPeek(out var around) ? around.Path : "", ""));
                break;
            case JsonTokenType.PropertyName:
                open.Push(AddProperty((JObject)open.Peek(), reader.GetString()!, start, end));
                break;
            case JsonTokenType.StartObject:
                open.Push((JObject)Add(new JObject(), open, start, end));
                break;
            case JsonTokenType.StartArray:
                open.Push((JArray)Add(new JArray(), open, start, end));
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                var closed = open.Pop();
                _spans[closed] = (_spans[closed].Start, end);
                CloseProperty(open);
                break;
            default:
                Add(ValueOf(ref reader), open, start, end);
                CloseProperty(open);
                break;
        }
    }

    /// <summary>As with every reader that takes a name twice, the last one stays.</summary>
    private JProperty AddProperty(JObject parent, string name, int start, int end)
    {
        if (parent.Property(name) is { } former)
        {
            _mistakes.Add(new JsonMistake(JsonMistakeKind.Duplicate, start, former.Path, name));
            former.Remove();
        }

        var property = new JProperty(name, (object?)null);
        parent.Add(property);
        _spans[property] = (start, end);
        return property;
    }

    private JToken Add(JToken value, Stack<JContainer> open, int start, int end)
    {
        if (!open.TryPeek(out var parent)) Root = value;
        else if (parent is JProperty property) property.Value = value;
        else parent.Add(value);
        // A property keeps the null that it began with instead of taking another.
        var kept = parent is JProperty { Value: var held } ? held : value;
        _spans[kept] = (start, end);
        return kept;
    }

    private static void CloseProperty(Stack<JContainer> open)
    {
        if (open.TryPeek(out var parent) && parent is JProperty) open.Pop();
    }

    private static JValue ValueOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => new JValue(reader.GetString()),
        JsonTokenType.True => new JValue(true),
        JsonTokenType.False => new JValue(false),
        JsonTokenType.Null => JValue.CreateNull(),
        _ => NumberOf(Encoding.UTF8.GetString(reader.ValueSpan)),
    };

    /// <summary>As Newtonsoft.Json reads it.</summary>
    private static JValue NumberOf(string text)
    {
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0) return new JValue(double.Parse(text, CultureInfo.InvariantCulture));
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return new JValue(whole);
        return new JValue((object)BigInteger.Parse(text, CultureInfo.InvariantCulture));
    }

    /// <summary>Tokens come in their order, so each byte is counted once.</summary>
    private int CharactersUpTo(int bytes)
    {
        if (bytes < _counted.Bytes) _counted = (0, 0);
        _counted = (bytes, _counted.Characters + Encoding.UTF8.GetCharCount(_utf8, _counted.Bytes, bytes - _counted.Bytes));
        return _counted.Characters;
    }

    private static int OffsetOf(string text, long line, long bytesInLine)
    {
        var start = 0;
        for (; line > 0; line--) start = text.IndexOf('\n', start) + 1;
        return Encoding.UTF8.GetByteCount(text.AsSpan(0, start)) + (int)bytesInLine;
    }
}
