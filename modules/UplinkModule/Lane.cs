using EdgeModules.Messages;

namespace EdgeModules.Uplink;

/// <summary>What waits together: each lane has batches of its own. The number is part of the saved state.</summary>
internal enum Lane
{
    Normal,
    Low,
}

internal static class Lanes
{
    /// <summary>The more important first.</summary>
    public static readonly IReadOnlyList<Lane> All = [Lane.Normal, Lane.Low];

    /// <summary>Name of the input, and the property <c>priority</c> of its batches.</summary>
    public static string Name(this Lane lane) => lane == Lane.Normal ? Priorities.Normal : Priorities.Low;

    /// <param name="name">One of <see cref="Name"/>.</param>
    public static Lane Of(string name) => name == Priorities.Normal ? Lane.Normal : Lane.Low;
}
