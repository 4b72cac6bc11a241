using System.Text;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>A message as conditions ask for it: names without regard to case, the body read at most once and only when asked for.</summary>
internal sealed class MessageView
{
    private readonly RoutedMessage _message;
    private bool _bodyRead;
    private JObject? _body;

    /// <exception cref="SimulatorException">Two application properties have names that differ only in case.</exception>
    public MessageView(RoutedMessage message)
    {
        _message = message;
        if (message.ApplicationProperties.Count > 1) RequireDistinctNames(message.ApplicationProperties);
    }

    public Value Property(string name) => ValueOf(_message.ApplicationProperties, name);

    public Value SystemProperty(string name) => ValueOf(_message.SystemProperties, name);

    /// <returns>Undefined when the body is no JSON object, or not said to be one.</returns>
    public Value Body(BodyPath path)
    {
        if (!_bodyRead)
        {
            _bodyRead = true;
            _body = ReadBody();
        }

        return _body is null ? Value.Undefined : path.Select(_body);
    }

    private static Value ValueOf(IReadOnlyList<KeyValuePair<string, string>> properties, string name)
    {
        var index = IndexOf(properties, name);
        return index < 0 ? Value.Undefined : Value.Of(properties[index].Value);
    }

    private static int IndexOf(IReadOnlyList<KeyValuePair<string, string>> properties, string name)
    {
        for (var i = 0; i < properties.Count; i++)
        {
            if (properties[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    private static void RequireDistinctNames(IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        const int Few = 8;
        var names = properties.Count <= Few ? null : new HashSet<string>(properties.Count, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < properties.Count; i++)
        {
            var name = properties[i].Key;
            if (names?.Add(name) ?? IndexOf(properties, name) == i) continue;
            throw new SimulatorException(
                $"The message has the application property '{name}' twice, if upper and lower case are the same; edgeHub fails on such a message.");
        }
    }

    private JObject? ReadBody()
    {
        if (!IsSystemProperty("contentType", "application/json")) return null;
        var encoding = IsSystemProperty("contentEncoding", "utf-8") ? Encoding.UTF8
            : IsSystemProperty("contentEncoding", "utf-16") ? Encoding.Unicode
            : IsSystemProperty("contentEncoding", "utf-32") ? Encoding.UTF32
            : null;
        try
        {
            return encoding?.GetString(_message.Body.Span) is { } text && MayBeObject(text) ? JObject.Parse(text) : null;
        }
        catch (Exception)
        {
            // As in edgeHub: whatever is wrong with a body, conditions find it undefined and the message goes on.
            return null;
        }
    }

    /// <summary>Most bodies that are no object are told apart without an exception, which takes longer than all else. A comment may come first.</summary>
    private static bool MayBeObject(ReadOnlySpan<char> text) => text.TrimStart() is ['{' or '/', ..];

    private bool IsSystemProperty(string name, string value) =>
        SystemProperty(name) is { IsDefined: true } property && property.Text.Equals(value, StringComparison.OrdinalIgnoreCase);
}
