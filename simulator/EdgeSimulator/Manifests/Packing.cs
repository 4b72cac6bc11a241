using EdgeSimulator.CommandLine;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>
/// Times of the module that packs, in a run whose source plays faster than life: by so much shorter, that a batch holds as much of the plant's time as in life.
/// </summary>
public static class Packing
{
    /// <summary>Settings in seconds, each with its least.</summary>
    private static readonly (string Path, long Least)[] Times = [("normalSeconds", 1), ("lowSeconds", 1), ("connectivity.probeIntervalSeconds", 5)];

    /// <summary>Shortens what the twin says, but not what <c>--set</c> does.</summary>
    /// <param name="twins">As those of the manifest and the options are; that of the module is changed.</param>
    public static void Hasten(RunOptions options, IReadOnlyDictionary<string, JObject> twins)
    {
        if (!twins.TryGetValue(TwinOverrides.Uplink, out var uplink) || !twins.TryGetValue(TwinOverrides.Source, out var source)) return;
        var times = Times
            .Where(time => uplink.SelectToken(time.Path) is JValue { Value: int or long } && !IsSet(options, time.Path))
            .Select(time => (time.Path, time.Least, Seconds: (long)uplink.SelectToken(time.Path)!))
            .ToList();
        var speed = TwinOverrides.SpeedOf(source);
        if (times.Count == 0 || speed is > 0 and <= 1) return;
        // As fast as can be: the first becomes 1 s, and the others keep their proportion to it.
        var factor = speed == 0 ? times[0].Seconds : speed;
        foreach (var (path, least, seconds) in times) uplink.SelectToken(path)!.Replace(Math.Max(least, (long)Math.Round(seconds / factor)));
    }

    /// <summary>For the user; null when nothing was hastened.</summary>
    /// <param name="twins">As <see cref="TwinOverrides.Apply"/> made them.</param>
    public static string? Describe(RunOptions options, IReadOnlyDictionary<string, JObject> manifestTwins, IReadOnlyDictionary<string, JObject> twins)
    {
        if (!twins.TryGetValue(TwinOverrides.Uplink, out var uplink) || !manifestTwins.TryGetValue(TwinOverrides.Uplink, out var before)) return null;
        var hastened = Times
            .Where(time => !IsSet(options, time.Path) && !JToken.DeepEquals(before.SelectToken(time.Path), uplink.SelectToken(time.Path)))
            .Select(time => $"{time.Path} is {uplink.SelectToken(time.Path)}")
            .ToList();
        return hastened.Count == 0 ? null : $"The source plays faster than life, and {TwinOverrides.Uplink} keeps up with it: {string.Join(", ", hastened)}.";
    }

    private static bool IsSet(RunOptions options, string path) =>
        options.Set.Any(assignment => assignment.StartsWith($"{TwinOverrides.Uplink}.{path}=", StringComparison.Ordinal));
}
