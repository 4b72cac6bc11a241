using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Linting.Rules;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

/// <summary>Finds all that is wrong in templates, manifests and layers.</summary>
/// <param name="root">Folder of the solution.</param>
/// <param name="lookup">Values of <c>${NAME}</c>; null for a name that is not defined.</param>
internal sealed class Linter(string root, Func<string, string?> lookup, IModuleKnowledge knowledge)
{
    private static readonly Action<Deployment>[] Rules =
    [
        ManifestRules.Check, RuntimeRules.Check, ImageRules.Check, OptionRules.Check, ContainerRules.Check, StorageRules.Check, PortRules.Check,
        VariableRules.Check, SecretRules.Check, RouteRules.Check, FlowRules.Check, LifetimeRules.Check, AlarmRules.Check, TwinRules.Check, SettingRules.Check,
    ];

    /// <param name="files">One to be looked at: a base, or a layer by itself. More: a base and the layers to lay over it.</param>
    /// <exception cref="SimulatorException">A file cannot be read at all, or is no layer where one must be.</exception>
    public async Task<IReadOnlyList<Finding>> LintAsync(IReadOnlyList<LintFile> files, CancellationToken cancellation)
    {
        var sources = files.Select(file => new JsonSource(file.Name, file.Text, lookup)).ToList();
        foreach (var (file, source) in files.Zip(sources).Skip(1))
        {
            if (source.Json is { } json && !DeploymentLayer.IsLayer(json))
                throw new SimulatorException($"{file.Name} (--layer) is no layer: it has no key such as {LayerKeys.Desired}.modules.NAME.");
        }

        // The base stays the base; of layers the one with the higher priority has the last word.
        var ordered = sources.Take(1).Concat(sources.Skip(1).OrderBy(PriorityOf)).ToList();
        var isLayer = ordered[0].Json is { } first && DeploymentLayer.IsLayer(first);
        if (isLayer && sources.Count > 1) throw new SimulatorException($"{files[0].Name} is a layer itself; --layer needs a base.");
        var findings = new Findings(ordered) { IsPartial = isLayer };
        var isReadable = TextRules.Check(ordered, findings);
        if (isReadable)
        {
            var deployment = await ReadAsync(ordered, findings, isLayer, cancellation);
            foreach (var rule in Rules) rule(deployment);
        }

        return
        [
            .. findings.All.OrderBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.Place)
                .ThenBy(finding => finding.Rule.Id, StringComparer.Ordinal),
        ];
    }

    private async Task<Deployment> ReadAsync(List<JsonSource> sources, Findings findings, bool isLayer, CancellationToken cancellation)
    {
        var mistakes = new ManifestMistakes();
        var json = Layering.Compose(sources, isLayer, mistakes, findings);
        var manifest = ManifestReader.Parse(json, sources[0].File, mistakes);
        var images = new ModuleImages(root, lookup);
        var modules = await Task.WhenAll(ModulesOf(json).Select(module => AskAsync(module, images, cancellation)));
        return new Deployment(json, manifest, mistakes, modules, images, findings, sources[0].IsTemplate, isLayer);
    }

    private static long PriorityOf(JsonSource source) => (source.Json?["priority"] as JValue)?.Value is long priority ? priority : long.MaxValue;

    private static IEnumerable<DeployedModule> ModulesOf(JObject json)
    {
        var content = ManifestReader.ContentOf(json);
        var agent = content?["$edgeAgent"]?.SelectObject(LayerKeys.Desired);
        foreach (var (section, isSystem) in new[] { ("systemModules", true), ("modules", false) })
        {
            foreach (var property in agent?.SelectObject(section)?.Properties() ?? [])
            {
                if (property.Value is not JObject module) continue;
                var twin = isSystem ? null : content?[property.Name]?.SelectObject(LayerKeys.Desired);
                yield return new DeployedModule(property.Name, isSystem, module, OptionsOf(module), twin);
            }
        }
    }

    private static JObject? OptionsOf(JObject module)
    {
        try
        {
            return module["settings"] is JObject settings ? CreateOptions.Read(new ManifestNode("", settings, new ManifestMistakes())).Json : null;
        }
        catch (ManifestException)
        {
            return null;
        }
    }

    private async Task<DeployedModule> AskAsync(DeployedModule module, ModuleImages images, CancellationToken cancellation)
    {
        if (module.IsSystem || module.Image is not { } image || KnownModule.Find(image, images) is not { } known) return module;
        var (description, problem) = await knowledge.DescribeAsync(known, cancellation);
        if (description is null) return module with { Known = known, Unasked = problem };
        var (refused, problemOfSettings) = await knowledge.CheckAsync(known, module.Twin ?? [], cancellation);
        return module with { Known = known, Description = description, Refused = refused, Unasked = problemOfSettings };
    }
}

/// <param name="Name">As findings tell it.</param>
internal readonly record struct LintFile(string Name, string Text);
