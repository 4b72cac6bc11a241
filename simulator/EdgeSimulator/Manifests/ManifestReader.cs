using System.Text.RegularExpressions;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>Reads deployment templates and manifests (<c>modulesContent</c>, in older files <c>moduleContent</c>).</summary>
public static partial class ManifestReader
{
    private const string Desired = "properties.desired";

    /// <summary>A manifest is for any device, and a route can be read without knowing which.</summary>
    private const string AnyDevice = "device";

    /// <param name="lookup">Values of <c>${NAME}</c>; null for a name that is not defined.</param>
    /// <exception cref="SimulatorException">The file is absent or cannot be honoured; one line names file, path, value, and what it must be.</exception>
    public static DeploymentManifest Read(string file, Func<string, string?> lookup) => Parse(ReadJson(file, lookup), file);

    /// <param name="layers">Files of layered deployments, merged over <paramref name="file"/> by their priorities.</param>
    /// <exception cref="SimulatorException">As above, of any of the files.</exception>
    public static DeploymentManifest Read(string file, IReadOnlyList<string> layers, Func<string, string?> lookup) => Parse(ReadJson(file, layers, lookup), file);

    /// <summary>The JSON of a manifest with layers merged over it, with its variables expanded.</summary>
    /// <exception cref="SimulatorException">A file is absent or not of its kind.</exception>
    public static JObject ReadJson(string file, IReadOnlyList<string> layers, Func<string, string?> lookup)
    {
        var json = ReadJson(file, lookup);
        return layers.Count == 0 ? json : LayeredDeployment.Compose(json, file, layers.Select(layer => DeploymentLayer.Read(layer, lookup)));
    }

    /// <returns>
    /// What is in <c>modulesContent</c>, in older files <c>moduleContent</c>; both may be in <c>content</c>, as in a deployment of IoT Hub. Null when there is
    /// none.
    /// </returns>
    public static JObject? ContentOf(JObject json)
    {
        var deployment = json["content"] as JObject ?? json;
        return (deployment["moduleContent"] ?? deployment["modulesContent"]) as JObject;
    }

    /// <summary>The JSON of a manifest, with its variables expanded.</summary>
    /// <exception cref="SimulatorException">The file is absent or no JSON object.</exception>
    public static JObject ReadJson(string file, Func<string, string?> lookup)
    {
        try
        {
            return JsonText.Parse(Placeholders.Expand(File.ReadAllText(file), lookup)) as JObject
                ?? throw new SimulatorException($"The manifest {file} must be a JSON object.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The manifest {file} cannot be read: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"The manifest {file} is not JSON: {error.Message}", error);
        }
    }

    public static DeploymentManifest Parse(JObject json, string file)
    {
        var root = new ManifestNode(Path.GetFileName(file), json);
        var holder = root.OptionalObject("content") ?? root;
        var content = holder.Object(holder.Has("moduleContent") ? "moduleContent" : "modulesContent");
        var agent = DesiredOf(content, "$edgeAgent");
        agent.Choice("schemaVersion", ("1.0", 0), ("1.1", 1));
        var modules = ReadModules(agent);
        var names = modules.Select(module => module.Name).ToList();
        var hub = DesiredOf(content, "$edgeHub");
        var configuration = HubConfigurationReader.Read(hub, AnyDevice);
        var deployment = new HubDeployment(hub.Json, configuration, HubEnvironmentReader.Read(agent.Object("systemModules").Object("edgeHub")));
        return new DeploymentManifest(file, modules, deployment, ReadTwins(content, names), [.. UndeployedModules.FindRoutes(configuration, names)]);
    }

    private static ManifestNode DesiredOf(ManifestNode content, string name)
    {
        var entry = content.Object(name);
        foreach (var layered in entry.Names.Where(key => key.StartsWith(Desired + ".", StringComparison.Ordinal)))
            throw entry.Wrong(layered, $"part of a whole {Desired}: this is a layer, which goes over a whole manifest (--layer)");
        return entry.Object(Desired);
    }

    private static List<ModuleDeployment> ReadModules(ManifestNode agent)
    {
        var modules = agent.Object("modules");
        return [.. modules.Names.Select(name => ModuleName().IsMatch(name)
            ? ReadModule(name, modules.Object(name))
            : throw modules.Wrong(name, "named with letters, digits, - and _ only"))];
    }

    private static ModuleDeployment ReadModule(string name, ManifestNode module)
    {
        module.AllowOnly("type", "version", "status", "restartPolicy", "startupOrder", "imagePullPolicy", "env", "settings");
        module.Choice("type", ("docker", 0));
        if (module.Has("imagePullPolicy")) module.Choice("imagePullPolicy", ("on-create", 0), ("never", 0));
        var settings = module.Object("settings");
        var environment = CreateOptions.Read(settings).Environment();
        foreach (var (variable, value) in module.Environment()) environment[variable] = value;
        return new ModuleDeployment(
            name,
            settings.String("image"),
            module.Choice("status", ("running", ModuleStatus.Running), ("stopped", ModuleStatus.Stopped)),
            module.Choice(
                "restartPolicy",
                ("never", RestartPolicy.Never),
                ("on-failure", RestartPolicy.OnFailure),
                ("on-unhealthy", RestartPolicy.OnUnhealthy),
                ("always", RestartPolicy.Always)),
            module.Has("startupOrder") ? (uint)module.Integer("startupOrder", 0, uint.MaxValue) : uint.MaxValue,
            environment);
    }

    private static Dictionary<string, JObject> ReadTwins(ManifestNode content, List<string> modules)
    {
        var twins = new Dictionary<string, JObject>();
        foreach (var name in content.Names.Where(name => name is not ("$edgeAgent" or "$edgeHub")))
        {
            if (!modules.Contains(name)) throw content.Wrong(name, $"the twin of a module that is deployed ({string.Join(", ", modules)})");
            twins[name] = DesiredOf(content, name).Json;
        }

        return twins;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex ModuleName();
}
