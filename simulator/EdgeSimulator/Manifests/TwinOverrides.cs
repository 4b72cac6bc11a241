using EdgeModules.Messages;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>The options of a run that are desired properties in truth: <c>--data</c>, <c>--speed</c>, <c>--devices</c>, <c>--epoch</c>, <c>--set</c>.</summary>
public static class TwinOverrides
{
    /// <summary>The module that plays or makes up the data.</summary>
    public const string Source = "SensorModule";

    /// <summary>The module that packs what goes to the cloud.</summary>
    public const string Uplink = "UplinkModule";

    private const string MaxAge = "maxAgeSeconds";

    private const string Replay = "replay";
    private const double ReplaySpeed = 60;

    // Modules ignore keys that begin with x-.
    private const string WithMadeUpReadings = "x-synthetic";

    /// <param name="directory">Relative names of data files start here.</param>
    /// <returns>The desired properties of every module and of <c>$edgeHub</c>, those of the manifest left as they are.</returns>
    /// <exception cref="SimulatorException">The option names a module that is not deployed, or a file that is absent.</exception>
    public static IReadOnlyDictionary<string, JObject> Apply(DeploymentManifest manifest, RunOptions options, string directory)
    {
        var twins = manifest.Modules.ToDictionary(
            module => module.Name,
            module => manifest.Twins.TryGetValue(module.Name, out var twin) ? (JObject)twin.DeepClone() : []);
        twins[HubTwin.Name] = (JObject)manifest.Hub.Desired.DeepClone();
        foreach (var (option, patch) in SourcePatches(options, directory)) JsonMergePatch.Apply(Twin(Source, option), patch);
        if (options.Devices is not null)
        {
            // What fits the data of the manifest, a model for instance, need not fit readings that are made up.
            foreach (var twin in twins.Values)
            {
                if (twin[WithMadeUpReadings] is JObject patch) JsonMergePatch.Apply(twin, (JObject)patch.DeepClone());
            }
        }

        foreach (var assignment in options.Set)
        {
            var (module, patch) = TwinPath.ParseWithModule(assignment);
            JsonMergePatch.Apply(Twin(module, "--set"), patch);
        }

        foreach (var module in Ageless(manifest, options, twins)) twins[module][MaxAge] = 0;
        Packing.Hasten(options, twins);
        return twins;

        JObject Twin(string module, string option) => twins.TryGetValue(module, out var twin)
            ? twin
            : throw new SimulatorException(
                $"{option} needs the module {module}, which {manifest.File} does not deploy; "
                + $"it deploys {string.Join(", ", manifest.Modules.Select(deployed => deployed.Name))}.");
    }

    /// <summary>
    /// Modules that compare readings with the clock, in a run whose source plays faster than life: their <c>maxAgeSeconds</c> becomes 0, unless
    /// <c>--set</c> says what it is to be.
    /// </summary>
    /// <param name="twins">As <see cref="Apply"/> made them.</param>
    public static IReadOnlyList<string> Ageless(DeploymentManifest manifest, RunOptions options, IReadOnlyDictionary<string, JObject> twins)
    {
        if (!twins.TryGetValue(Source, out var source) || !IsFasterThanLife(source)) return [];
        return
        [
            .. from module in manifest.Modules
               where twins[module.Name].ContainsKey(MaxAge)
                   && !options.Set.Any(assignment => assignment.StartsWith($"{module.Name}.{MaxAge}=", StringComparison.Ordinal))
               select module.Name,
        ];
    }

    private static bool IsFasterThanLife(JObject source) => SpeedOf(source) is 0 or > 1;

    /// <returns>Times life; 0 is as fast as can be.</returns>
    internal static double SpeedOf(JObject source)
    {
        var mode = source["mode"]?.Value<string?>() ?? Replay;
        // Without a speed the source has that of its own defaults.
        return (source[mode] as JObject)?["speed"] is JValue { Value: int or long or double } speed ? speed.Value<double>() : mode == Replay ? ReplaySpeed : 1;
    }

    private static IEnumerable<(string Option, JObject Patch)> SourcePatches(RunOptions options, string directory)
    {
        if (options.Data is { } data)
        {
            var file = Path.GetFullPath(data, directory);
            if (!File.Exists(file)) throw new SimulatorException($"The data file {file} (--data) is absent.");
            yield return ("--data", new JObject { ["mode"] = "replay", ["replay"] = new JObject { ["file"] = file } });
        }

        if (options.Devices is { } devices)
            yield return ("--devices", new JObject { ["mode"] = "synthetic", ["synthetic"] = new JObject { ["devices"] = devices } });
        if (options.Speed is { } speed)
            yield return ("--speed", Both("speed", speed == Math.Floor(speed) ? new JValue((long)speed) : new JValue(speed)));
        if (options.Epoch is { } epoch)
            yield return ("--epoch", Both("epoch", new JValue(epoch)));
    }

    private static JObject Both(string name, JValue value) =>
        new() { ["replay"] = new JObject { [name] = value }, ["synthetic"] = new JObject { [name] = value.DeepClone() } };
}
