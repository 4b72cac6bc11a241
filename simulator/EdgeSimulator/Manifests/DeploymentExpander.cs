using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>Makes the manifest that IoT Hub takes out of a template: images by tag, container options as strings.</summary>
public static partial class DeploymentExpander
{
    /// <param name="template">With its variables expanded; it is left as it is.</param>
    /// <exception cref="SimulatorException">The template is not valid, or an image cannot be resolved.</exception>
    public static JObject Expand(JObject template, string file, ModuleImages images)
    {
        ManifestReader.Parse(template, file);
        var json = (JObject)template.DeepClone();
        json.Remove("$schema-template");
        var content = new ManifestNode(Path.GetFileName(file), ManifestReader.ContentOf(json)!);
        var agent = content.Object("$edgeAgent").Object("properties.desired");
        foreach (var section in new[] { agent.Object("systemModules"), agent.Object("modules") })
        {
            foreach (var name in section.Names) ExpandModule(name, section.Object(name), images);
        }

        return json;
    }

    /// <summary>The same for a layer, which is no whole manifest.</summary>
    /// <exception cref="SimulatorException">As above.</exception>
    public static JObject ExpandLayer(JObject template, string file, ModuleImages images)
    {
        DeploymentLayer.Parse(template, file);
        var json = (JObject)template.DeepClone();
        json.Remove("$schema-template");
        if (new ManifestNode(Path.GetFileName(file), ManifestReader.ContentOf(json)!).OptionalObject("$edgeAgent") is not { } agent) return json;
        foreach (var key in agent.Names)
        {
            if (LayeredModule().Match(key) is { Success: true } match) ExpandModule(match.Groups["name"].Value, agent.Object(key), images);
        }

        return json;
    }

    private static void ExpandModule(string name, ManifestNode module, ModuleImages images)
    {
        var settings = module.Object("settings");
        CreateOptions.Read(settings).WriteChunks(settings.Json);
        if (settings.Has("image") && ModuleImages.IsPlaceholder(settings.Json.Value<string>("image")!))
            settings.Json["image"] = images.Resolve(name, settings.String("image")).Tag;
    }

    [GeneratedRegex(@"^properties\.desired\.(systemModules|modules)\.(?<name>[^.]+)$")]
    private static partial Regex LayeredModule();
}
