using System.Globalization;
using System.Text;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Hub;

/// <summary>A message as edgeHub holds it; immutable.</summary>
/// <param name="Module">The sender, as receivers are told it.</param>
/// <param name="Output">Null when the sender named none.</param>
/// <param name="EnqueuedTime">When the hub accepted it.</param>
/// <param name="ApplicationProperties">In the sender's order, names unique.</param>
/// <param name="SystemProperties">Those that the sender set, by edgeHub's name (<c>messageId</c>, <c>contentType</c>, …), without the output.</param>
public sealed record HubMessage(
    string Module,
    string? Output,
    DateTimeOffset EnqueuedTime,
    IReadOnlyList<KeyValuePair<string, string>> ApplicationProperties,
    IReadOnlyList<KeyValuePair<string, string>> SystemProperties,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>The limit of IoT Hub over body and properties, in bytes.</summary>
    public const int MaxBytes = 262_144;

    private const string TwinChangeNotification = "twinChangeNotification";
    private const string CountName = EdgeModules.Messages.ApplicationProperties.Count;

    /// <summary>When the hub received it, as a timestamp of its clock; null for one that was read back from the store.</summary>
    public long? ArrivedAt { get; init; }

    public string? MessageId { get; } = ValueOf(SystemProperties, SystemPropertyMap.MessageId);

    /// <summary>It is the hub's own word of a reported patch, not a message of <see cref="Module"/>.</summary>
    public bool IsTwinChange { get; } = ValueOf(SystemProperties, SystemPropertyMap.MessageType) == TwinChangeNotification;

    /// <summary>The kind of item in the body; null when the sender named none.</summary>
    public string? MessageType => ValueOf(ApplicationProperties, EdgeModules.Messages.ApplicationProperties.MessageType);

    /// <summary>How the body is compressed, or its character set; null when the sender does not say.</summary>
    public string? ContentEncoding => ValueOf(SystemProperties, SystemPropertyMap.ContentEncoding);

    /// <summary>The property <c>count</c> when it is a whole number, else 1.</summary>
    public long Readings { get; } =
        long.TryParse(ValueOf(ApplicationProperties, CountName), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;

    /// <param name="module">Whose reported properties change.</param>
    public static HubMessage OfTwinChange(string module, DateTimeOffset now, ReadOnlyMemory<byte> patch) => new(
        module,
        null,
        now,
        [],
        [new(SystemPropertyMap.MessageSchema, TwinChangeNotification), new(SystemPropertyMap.MessageType, TwinChangeNotification)],
        patch);

    /// <summary>Body and names and values of properties, as IoT Hub meters them.</summary>
    public long MeteredBytes => Body.Length + BytesOf(ApplicationProperties) + BytesOf(SystemProperties);

    /// <summary>What edgeHub compares with <see cref="MaxBytes"/>: it counts what it adds itself too, and characters of properties, not bytes.</summary>
    public long SizeInHub(string deviceId)
    {
        const int AddedByHub = 115; // connectionDeviceId, connectionModuleId, edgeMessageId = GUID, edgeHubOriginInterface = internal
        var output = Output is null ? 0 : SystemPropertyMap.OutputName.Length + Output.Length;
        return Body.Length + LengthOf(ApplicationProperties) + LengthOf(SystemProperties) + output + AddedByHub + deviceId.Length + Module.Length;
    }

    /// <summary>As the routes see it.</summary>
    internal RoutedMessage ToRouted(string deviceId) => new(
        IsTwinChange ? RouteTable.TwinChangeSource : RouteTable.SourceOf(Module, Output),
        ApplicationProperties,
        [.. SystemProperties, .. AddedProperties(deviceId)],
        Body);

    private IEnumerable<KeyValuePair<string, string>> AddedProperties(string deviceId)
    {
        yield return new(SystemPropertyMap.ConnectionDeviceId, deviceId);
        yield return new(SystemPropertyMap.ConnectionModuleId, IsTwinChange ? HubTwin.Name : Module);
        if (IsTwinChange)
        {
            yield return new(SystemPropertyMap.ReportingDeviceId, deviceId);
            yield return new(SystemPropertyMap.ReportingModuleId, Module);
            yield return new(SystemPropertyMap.EnqueuedTime, EnqueuedTime.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
        }

        if (Output is not null) yield return new(SystemPropertyMap.OutputName, Output);
    }

    private static string? ValueOf(IReadOnlyList<KeyValuePair<string, string>> properties, string name)
    {
        foreach (var (key, value) in properties)
        {
            if (key == name) return value;
        }

        return null;
    }

    private static long BytesOf(IReadOnlyList<KeyValuePair<string, string>> properties) =>
        properties.Sum(pair => (long)Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));

    private static long LengthOf(IReadOnlyList<KeyValuePair<string, string>> properties) =>
        properties.Sum(pair => (long)pair.Key.Length + pair.Value.Length);
}
