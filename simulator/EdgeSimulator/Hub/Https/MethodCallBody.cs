using EdgeModules.Messages;
using EdgeSimulator.Hub.Mqtt;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Https;

/// <summary>
/// The body of a method call: <c>{"methodName":…,"payload":…,"responseTimeoutInSeconds":…,"connectTimeoutInSeconds":…}</c>; only the name must be
/// there.
/// </summary>
internal static class MethodCallBody
{
    private const int MaxPayloadBytes = 128 * 1024;
    private const int DefaultResponseSeconds = 30;
    private const int DefaultConnectSeconds = 0;
    private const int MinResponseSeconds = 5;
    private const int MaxSeconds = 300;

    /// <exception cref="FormatException">The body is no such call; one sentence.</exception>
    public static MethodCall Read(string module, byte[] utf8)
    {
        var body = Parse(utf8);
        var name = Property(body, "methodName") is JValue { Value: string text }
            ? text
            : throw new FormatException("methodName is missing; it must be a string.");
        if (DirectMethods.FindNameError(name) is { } error) throw new FormatException(error);
        var connect = Seconds(body, "connectTimeoutInSeconds", DefaultConnectSeconds, least: 0);
        var response = Seconds(body, "responseTimeoutInSeconds", DefaultResponseSeconds, MinResponseSeconds);
        // "null" where there is none: an empty body would be refused by Microsoft's Node SDK.
        var payload = JsonText.ToUtf8(Property(body, "payload") ?? JValue.CreateNull());
        return payload.Length <= MaxPayloadBytes
            ? new MethodCall(module, name, payload, response, connect)
            : throw new FormatException($"The payload has {payload.Length} bytes; it must have at most {MaxPayloadBytes}.");
    }

    private static JObject Parse(byte[] utf8)
    {
        try
        {
            return JsonText.ParseObject(utf8);
        }
        catch (JsonException error)
        {
            throw new FormatException($"The body cannot be read; it must be a JSON object. {error.Message}", error);
        }
    }

    private static TimeSpan Seconds(JObject body, string name, int missing, int least)
    {
        var value = Property(body, name);
        if (value is null or { Type: JTokenType.Null }) return TimeSpan.FromSeconds(missing);
        return value is JValue { Value: long seconds } && seconds >= least && seconds <= MaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"{name} is {value.ToString(Formatting.None)}; it must be a whole number from {least} to {MaxSeconds}.");
    }

    private static JToken? Property(JObject body, string name) => body.GetValue(name, StringComparison.OrdinalIgnoreCase);
}
