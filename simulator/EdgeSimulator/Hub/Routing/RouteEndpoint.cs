namespace EdgeSimulator.Hub.Routing;

/// <summary>Where a route leads; equal routes into one endpoint make one delivery.</summary>
/// <param name="Id"><c>device/module/input</c>, or <c>iothub</c>.</param>
/// <param name="Module">Null for <c>$upstream</c>.</param>
public sealed record RouteEndpoint(string Id, string? Module, string? Input)
{
    public static RouteEndpoint Upstream { get; } = new("iothub", null, null);

    public static RouteEndpoint ForInput(string deviceId, string module, string input) => new($"{deviceId}/{module}/{input}", module, input);
}
