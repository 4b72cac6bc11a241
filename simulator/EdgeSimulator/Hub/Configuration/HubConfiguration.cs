using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Hub.Configuration;

/// <summary>What the desired properties of <c>$edgeHub</c> ask for, read and compiled; immutable.</summary>
/// <param name="Definitions">As written, in their order.</param>
/// <param name="TimeToLive">Of a message whose route names none; null: for ever.</param>
/// <param name="Warnings">What is legal and has no effect, or hardly the one meant; each one sentence.</param>
public sealed record HubConfiguration(
    string SchemaVersion, IReadOnlyList<RouteDefinition> Definitions, RouteTable Routes, TimeSpan? TimeToLive, IReadOnlyList<string> Warnings);
