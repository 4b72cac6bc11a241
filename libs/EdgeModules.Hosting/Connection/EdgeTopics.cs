using EdgeModules.Messages;

namespace EdgeModules.Hosting.Connection;

/// <summary>The topics of edgeHub's MQTT dialect, as one module sees them.</summary>
internal sealed class EdgeTopics(ModuleAddress address)
{
    public const string TwinResponses = "$iothub/twin/res/#";
    public const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";
    public const string Methods = "$iothub/methods/POST/#";

    private const string TwinResponsePrefix = "$iothub/twin/res/";
    private const string DesiredPatchPrefix = "$iothub/twin/PATCH/properties/desired/";
    private const string MethodPrefix = "$iothub/methods/POST/";
    private const string RequestId = "?$rid=";

    private readonly string _inputPrefix = $"devices/{address.DeviceId}/modules/{address.ModuleId}/inputs/";
    private readonly string _eventsPrefix = $"devices/{address.DeviceId}/modules/{address.ModuleId}/messages/events/";

    public string Inputs => _inputPrefix + "#";

    public string Event(OutboundMessage message) => $"{_eventsPrefix}{PropertyBag.Encode(message.WireProperties())}/";

    public static string GetTwin(string requestId) => $"$iothub/twin/GET/?$rid={requestId}";

    public static string PatchReported(string requestId) => $"$iothub/twin/PATCH/properties/reported/?$rid={requestId}";

    public static string MethodResponse(int status, string requestId) => $"$iothub/methods/res/{status}/?$rid={requestId}";

    /// <summary><c>…/inputs/INPUT[/BAG]</c></summary>
    public bool TryReadInput(string topic, out string input, out Dictionary<string, string> properties)
    {
        (input, properties) = ("", []);
        if (!topic.StartsWith(_inputPrefix, StringComparison.Ordinal)) return false;
        var rest = topic[_inputPrefix.Length..];
        var slash = rest.IndexOf('/');
        input = slash < 0 ? rest : rest[..slash];
        if (slash >= 0) properties = PropertyBag.Decode(rest.AsSpan(slash + 1).TrimEnd('/'));
        return true;
    }

    /// <summary><c>$iothub/twin/res/STATUS/?$rid=ID[&amp;$version=N]</c></summary>
    public static bool TryReadTwinResponse(string topic, out int status, out string requestId)
    {
        (status, requestId) = (0, "");
        if (!topic.StartsWith(TwinResponsePrefix, StringComparison.Ordinal)) return false;
        var rest = topic[TwinResponsePrefix.Length..];
        var slash = rest.IndexOf('/');
        if (slash < 0 || !int.TryParse(rest.AsSpan(0, slash), out status)) return false;
        return PropertyBag.Decode(rest.AsSpan(slash + 1)).TryGetValue("$rid", out requestId!);
    }

    public static bool IsDesiredPatch(string topic) => topic.StartsWith(DesiredPatchPrefix, StringComparison.Ordinal);

    /// <summary><c>$iothub/methods/POST/NAME/?$rid=ID</c></summary>
    public static bool TryReadMethod(string topic, out string name, out string requestId)
    {
        (name, requestId) = ("", "");
        if (!topic.StartsWith(MethodPrefix, StringComparison.Ordinal)) return false;
        var rest = topic[MethodPrefix.Length..];
        var slash = rest.IndexOf('/');
        if (slash < 0 || !rest.AsSpan(slash + 1).StartsWith(RequestId)) return false;
        (name, requestId) = (rest[..slash], rest[(slash + 1 + RequestId.Length)..]);
        return true;
    }
}
