using EdgeSimulator.CommandLine;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>
/// How long messages wait for their batch, in a run whose source plays faster than life: by so much shorter, that batches hold as much of the plant's time as in
/// life, but 1 s at least.
/// </summary>
public static class Packing
{
    private static readonly string[] Waits = ["normalSeconds", "lowSeconds"];

    /// <param name="twins">As those of the manifest and the options are.</param>
    /// <returns>Setting and seconds; what <c>--set</c> says is not among them.</returns>
    public static IReadOnlyDictionary<string, long> Hastened(RunOptions options, IReadOnlyDictionary<string, JObject> twins)
    {
        if (!twins.TryGetValue(TwinOverrides.Uplink, out var uplink) || !twins.TryGetValue(TwinOverrides.Source, out var source)) return new Dictionary<string, long>();
        var waits = Waits
            .Where(name => uplink[name] is JValue { Value: int or long } && !options.Set.Any(assignment => assignment.StartsWith($"{TwinOverrides.Uplink}.{name}=", StringComparison.Ordinal)))
            .ToDictionary(name => name, uplink.Value<long>);
        var speed = TwinOverrides.SpeedOf(source);
        if (waits.Count == 0 || speed is > 0 and <= 1) return new Dictionary<string, long>();
        // As fast as can be: the shortest becomes 1 s, and the others keep their proportion to it.
        var factor = speed == 0 ? waits.Values.Min() : speed;
        return waits.ToDictionary(wait => wait.Key, wait => Math.Max(1, (long)Math.Round(wait.Value / factor)));
    }

    /// <summary>For the user; null when nothing is hastened.</summary>
    /// <param name="twins">As <see cref="TwinOverrides.Apply"/> made them.</param>
    public static string? Describe(RunOptions options, IReadOnlyDictionary<string, JObject> manifestTwins, IReadOnlyDictionary<string, JObject> twins)
    {
        if (!twins.TryGetValue(TwinOverrides.Uplink, out var uplink)) return null;
        var before = manifestTwins.GetValueOrDefault(TwinOverrides.Uplink);
        var hastened = Waits
            .Where(name => !JToken.DeepEquals(before?[name], uplink[name]) && !options.Set.Any(assignment => assignment.StartsWith($"{TwinOverrides.Uplink}.{name}=", StringComparison.Ordinal)))
            .Select(name => $"{name} is {uplink[name]}")
            .ToList();
        return hastened.Count == 0 ? null : $"The source plays faster than life, so {TwinOverrides.Uplink} packs the sooner ({string.Join(", ", hastened)}).";
    }
}
