using EdgeModules.Messages;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>The options of a run that are desired properties in truth: <c>--data</c>, <c>--speed</c>, <c>--devices</c>, <c>--epoch</c>, <c>--set</c>.</summary>
public static class TwinOverrides
{
    private const string Source = "SensorModule";

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
        foreach (var assignment in options.Set)
        {
            var (module, patch) = TwinPath.ParseWithModule(assignment);
            JsonMergePatch.Apply(Twin(module, "--set"), patch);
        }

        return twins;

        JObject Twin(string module, string option) => twins.TryGetValue(module, out var twin)
            ? twin
            : throw new SimulatorException(
                $"{option} needs the module {module}, which {manifest.File} does not deploy; "
                + $"it deploys {string.Join(", ", manifest.Modules.Select(deployed => deployed.Name))}.");
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
