namespace EdgeSimulator.Linting;

/// <summary>The keys of layered deployments: <c>properties.desired.modules.X</c> is <c>X</c> in <c>modules</c> of <c>properties.desired</c>.</summary>
internal static class LayerKeys
{
    public const string Desired = "properties.desired";

    public static bool IsLayered(string key) => key.StartsWith(Desired + ".", StringComparison.Ordinal);

    /// <returns><c>properties.desired</c> and what follows it; of any other key, itself.</returns>
    public static IEnumerable<string> Split(string key) => IsLayered(key) ? [Desired, .. key[(Desired.Length + 1)..].Split('.')] : [key];
}
