using System.Text.RegularExpressions;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;
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

    /// <exception cref="ManifestException">The first mistake.</exception>
    public static DeploymentManifest Parse(JObject json, string file) => Parse(json, file, mistakes: null);

    /// <param name="mistakes">Takes all mistakes; what is wrong is left out of the manifest, or has its default. Null to stop at the first.</param>
    internal static DeploymentManifest Parse(JObject json, string file, ManifestMistakes? mistakes)
    {
        var root = new ManifestNode(Path.GetFileName(file), json, mistakes);
        var content = root.Try<ManifestNode?>(ReadContent, null);
        var agent = content?.Try<ManifestNode?>(node => DesiredOf(node, "$edgeAgent"), null);
        agent?.Try(node => node.Choice("schemaVersion", ("1.0", 0), ("1.1", 1)), 0);
        var modules = agent?.Try(ReadModules, []) ?? [];
        var names = modules.ConvertAll(module => module.Name);
        var hub = content?.Try<ManifestNode?>(node => DesiredOf(node, "$edgeHub"), null);
        var configuration = hub is { } desired
            ? HubConfigurationReader.Read(desired, AnyDevice)
            : new HubConfiguration("1.0", [], RouteTable.Compile(AnyDevice, []), null, []);
        var environment = agent?.Try(node => HubEnvironmentReader.Read(node.Object("systemModules").Object("edgeHub")), null);
        var deployment = new HubDeployment(hub?.Json ?? [], configuration, environment ?? HubEnvironment.Default);
        var twins = content is { } all ? ReadTwins(all, names) : [];
        return new DeploymentManifest(file, modules, deployment, twins, [.. UndeployedModules.FindRoutes(configuration, names)]);
    }

    private static ManifestNode? ReadContent(ManifestNode root)
    {
        var holder = root.OptionalObject("content") ?? root;
        return holder.Object(holder.Has("moduleContent") ? "moduleContent" : "modulesContent");
    }

    private static ManifestNode DesiredOf(ManifestNode content, string name)
    {
        var entry = content.Object(name);
        foreach (var layered in entry.Names.Where(key => key.StartsWith(Desired + ".", StringComparison.Ordinal)))
            throw entry.Wrong(ManifestMistake.LayeredKey, layered, $"part of a whole {Desired}: this is a layer, which goes over a whole manifest (--layer)");
        return entry.Object(Desired);
    }

    private static List<ModuleDeployment> ReadModules(ManifestNode agent)
    {
        var modules = agent.Object("modules");
        return [.. modules.Names.Select(name => modules.Try(node => ReadModule(name, node), null)).OfType<ModuleDeployment>()];
    }

    private static ModuleDeployment ReadModule(string name, ManifestNode modules)
    {
        if (!ModuleName().IsMatch(name)) throw modules.Wrong(ManifestMistake.ModuleName, name, "named with letters, digits, - and _ only");
        var module = modules.Object(name);
        module.AllowOnly("type", "version", "status", "restartPolicy", "startupOrder", "imagePullPolicy", "env", "settings");
        module.Try(node => node.Choice("type", ("docker", 0)), 0);
        if (module.Has("imagePullPolicy")) module.Try(node => node.Choice("imagePullPolicy", ("on-create", 0), ("never", 0)), 0);
        var settings = module.Try<ManifestNode?>(node => node.Object("settings"), null);
        var environment = settings?.Try(node => CreateOptions.Read(node).Environment(), null) ?? [];
        foreach (var (variable, value) in module.Try(node => node.Environment(), [])) environment[variable] = value;
        return new ModuleDeployment(
            name,
            settings?.Try(node => node.String("image"), "") ?? "",
            module.Try(node => node.Choice("status", ("running", ModuleStatus.Running), ("stopped", ModuleStatus.Stopped)), ModuleStatus.Running),
            module.Try(
                node => node.Choice(
                    "restartPolicy",
                    ("never", RestartPolicy.Never),
                    ("on-failure", RestartPolicy.OnFailure),
                    ("on-unhealthy", RestartPolicy.OnUnhealthy),
                    ("always", RestartPolicy.Always)),
                RestartPolicy.Always),
            module.Has("startupOrder") ? module.Try(node => (uint)node.Integer("startupOrder", 0, uint.MaxValue), uint.MaxValue) : uint.MaxValue,
            environment);
    }

    private static Dictionary<string, JObject> ReadTwins(ManifestNode content, List<string> modules)
    {
        var twins = new Dictionary<string, JObject>();
        foreach (var name in content.Names.Where(name => name is not ("$edgeAgent" or "$edgeHub")))
        {
            if (content.Try(node => ReadTwin(name, node, modules), null) is { } twin) twins[name] = twin;
        }

        return twins;
    }

    private static JObject ReadTwin(string name, ManifestNode content, List<string> modules) => modules.Contains(name)
        ? DesiredOf(content, name).Json
        : throw content.Wrong(ManifestMistake.TwinWithoutModule, name, $"the twin of a module that is deployed ({string.Join(", ", modules)})");

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex ModuleName();
}
