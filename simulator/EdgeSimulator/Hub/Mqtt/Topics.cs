using EdgeModules.Messages;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>edgeHub's topics, read and written.</summary>
internal static class Topics
{
    private const string TwinGet = "$iothub/twin/GET/";
    private const string TwinPatch = "$iothub/twin/PATCH/properties/reported/";
    private const string MethodAnswer = "$iothub/methods/res/";

    /// <param name="bag">The encoded property bag; empty when there is none.</param>
    public static bool TryParseEvents(string topic, out string device, out string module, out string bag)
    {
        (device, module, bag) = ("", "", "");
        var parts = topic.Split('/');
        if (parts is not ["devices", var deviceId, "modules", var moduleId, "messages", "events", ..]) return false;
        if (parts.Length > 8 || (parts.Length == 8 && parts[7].Length > 0)) return false;
        (device, module, bag) = (deviceId, moduleId, parts.Length > 6 ? parts[6] : "");
        return true;
    }

    public static bool TryParseTwinGet(string topic, out string requestId) => TryParseRequest(topic, TwinGet, out requestId);

    public static bool TryParseTwinPatch(string topic, out string requestId) => TryParseRequest(topic, TwinPatch, out requestId);

    public static bool TryParseMethodAnswer(string topic, out int status, out string requestId)
    {
        (status, requestId) = (0, "");
        if (!topic.StartsWith(MethodAnswer, StringComparison.Ordinal)) return false;
        var rest = topic[MethodAnswer.Length..];
        var slash = rest.IndexOf('/');
        return slash > 0 && int.TryParse(rest[..slash], out status) && TryReadRequestId(rest[(slash + 1)..], out requestId);
    }

    public static string Input(string device, string module, string input, HubMessage message) =>
        $"devices/{device}/modules/{module}/inputs/{input}/{PropertyBag.Encode(BagOf(device, message))}";

    public static string TwinResponse(int status, string requestId) => $"$iothub/twin/res/{status}/?$rid={requestId}";

    public static string DesiredPatch(long version) => $"$iothub/twin/PATCH/properties/desired/?$version={version}";

    public static string MethodRequest(string method, string requestId) => $"$iothub/methods/POST/{method}/?$rid={requestId}";

    private static bool TryParseRequest(string topic, string prefix, out string requestId)
    {
        requestId = "";
        return topic.StartsWith(prefix, StringComparison.Ordinal) && TryReadRequestId(topic[prefix.Length..], out requestId);
    }

    /// <summary>Reads <c>$rid</c> out of <c>?name=value&amp;…</c>; it goes back as it came, so it is not decoded.</summary>
    private static bool TryReadRequestId(string query, out string requestId)
    {
        requestId = "";
        if (!query.StartsWith('?')) return false;
        foreach (var pair in query[1..].Split('&'))
        {
            if (!pair.StartsWith("$rid=", StringComparison.Ordinal)) continue;
            requestId = pair["$rid=".Length..];
            return requestId.Length > 0;
        }

        return false;
    }

    private static IEnumerable<KeyValuePair<string, string>> BagOf(string device, HubMessage message)
    {
        foreach (var property in message.ApplicationProperties) yield return property;
        foreach (var (name, key) in SystemPropertyMap.Outgoing)
        {
            if (name == SystemPropertyMap.ConnectionDeviceId) yield return new(key, device);
            else if (name == SystemPropertyMap.ConnectionModuleId) yield return new(key, message.Module);
            else if (message.SystemProperties.FirstOrDefault(set => set.Key == name).Value is { } value) yield return new(key, value);
        }
    }
}
