using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>Makes the manifest that IoT Hub takes out of a template: images by tag, container options as strings.</summary>
public static class DeploymentExpander
{
    /// <param name="template">With its variables expanded; it is left as it is.</param>
    /// <exception cref="SimulatorException">The template is not valid, or an image cannot be resolved.</exception>
    public static JObject Expand(JObject template, string file, ModuleImages images)
    {
        var deployments = ManifestReader.Parse(template, file).Modules.ToDictionary(module => module.Name);
        var json = (JObject)template.DeepClone();
        json.Remove("$schema-template");
        var agent = new ManifestNode(Path.GetFileName(file), json).Object("modulesContent").Object("$edgeAgent").Object("properties.desired");
        foreach (var section in new[] { agent.Object("systemModules"), agent.Object("modules") })
        {
            foreach (var name in section.Names)
            {
                var settings = section.Object(name).Object("settings");
                CreateOptions.Read(settings).WriteChunks(settings.Json);
                if (deployments.TryGetValue(name, out var module) && module.Image.StartsWith("${", StringComparison.Ordinal))
                    settings.Json["image"] = images.Resolve(module).Tag;
            }
        }

        return json;
    }
}
