using System.Globalization;
using System.Text;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Hub;

/// <summary>A message as edgeHub holds it; immutable.</summary>
/// <param name="Module">The sender.</param>
/// <param name="Output">Null when the sender named none.</param>
/// <param name="EnqueuedTime">When the hub accepted it.</param>
/// <param name="ApplicationProperties">In the sender's order, names unique.</param>
/// <param name="SystemProperties">Those that the sender set, by edgeHub's name (<c>messageId</c>, <c>contentType</c>, …), without the output.</param>
internal sealed record HubMessage(
    string Module,
    string? Output,
    DateTimeOffset EnqueuedTime,
    IReadOnlyList<KeyValuePair<string, string>> ApplicationProperties,
    IReadOnlyList<KeyValuePair<string, string>> SystemProperties,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>The limit of IoT Hub over body and properties, in bytes.</summary>
    public const int MaxBytes = 262_144;

    private const string CountName = EdgeModules.Messages.ApplicationProperties.Count;

    public string? MessageId { get; } = ValueOf(SystemProperties, SystemPropertyMap.MessageId);

    /// <summary>The property <c>count</c> when it is a whole number, else 1.</summary>
    public long Readings { get; } =
        long.TryParse(ValueOf(ApplicationProperties, CountName), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;

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
    public RoutedMessage ToRouted(string deviceId) => new(
        RouteTable.SourceOf(Module, Output),
        ApplicationProperties,
        [.. SystemProperties, .. AddedProperties(deviceId)],
        Body);

    private IEnumerable<KeyValuePair<string, string>> AddedProperties(string deviceId)
    {
        yield return new(SystemPropertyMap.ConnectionDeviceId, deviceId);
        yield return new(SystemPropertyMap.ConnectionModuleId, Module);
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
