namespace EdgeSimulator.Hub.Routing;

/// <summary>A message as the routes see it.</summary>
/// <param name="Source">A path of <see cref="RouteTable.SourceOf"/>.</param>
/// <param name="SystemProperties">By edgeHub's names, those that it sets itself too: <c>connectionDeviceId</c>, <c>outputName</c>, …</param>
public sealed record RoutedMessage(
    string Source,
    IReadOnlyList<KeyValuePair<string, string>> ApplicationProperties,
    IReadOnlyList<KeyValuePair<string, string>> SystemProperties,
    ReadOnlyMemory<byte> Body);
