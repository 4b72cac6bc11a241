using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Linting.Rules;

/// <summary>The images: whether they can be had, and whether they are the same tomorrow.</summary>
internal static class ImageRules
{
    private const string NoOnnxPlatform = "arm32v7";
    private const string NoOnnxBase = "alpine";

    public static void Check(Deployment deployment)
    {
        foreach (var module in deployment.Modules)
        {
            if (module.Image is not { Length: > 0 } image || Placeholders.FirstUndefined(image) is not null) continue;
            if (image.StartsWith("${", StringComparison.Ordinal)) CheckPlaceholder(deployment, module, image);
            else CheckName(deployment, module, image);
        }
    }

    private static void CheckPlaceholder(Deployment deployment, DeployedModule module, string image)
    {
        var at = module.Settings!["image"]!;
        if (!deployment.IsTemplate)
        {
            deployment.Findings.Add(LintRules.ImageNotExpanded, at, $"Module {module.Name} has the image \"{image}\"; it must be the name of one.");
        }
        else if (deployment.Images.Find(image) is not { } folder)
        {
            deployment.Findings.Add(
                LintRules.ImageUnresolved, at,
                $"Module {module.Name} has the image \"{image}\"; it must be ${{MODULES.NAME}} or ${{MODULEDIR<path>}}, "
                + "with a platform and .debug if need be.");
        }
        else
        {
            CheckFolder(deployment, module, folder);
        }
    }

    private static void CheckFolder(Deployment deployment, DeployedModule module, ModuleFolder folder)
    {
        var at = module.Settings!["image"]!;
        try
        {
            var platforms = deployment.Images.PlatformsOf(folder);
            if (platforms.TryGetValue(folder.Platform, out var dockerfile))
            {
                if (module.Known is { UsesOnnxRuntime: true } known) CheckOnnx(deployment, module, folder.Platform, known.Read(dockerfile));
                return;
            }

            deployment.Findings.Add(
                LintRules.ImagePlatform, at, $"{folder.Name} has no platform {folder.Platform}; its module.json has {string.Join(", ", platforms.Keys)}.");
            if (module.Known is { UsesOnnxRuntime: true }) CheckOnnx(deployment, module, folder.Platform, "");
        }
        catch (SimulatorException)
        {
            deployment.Findings.Add(
                LintRules.ImageUnresolved, at,
                $"Module {module.Name} has the image \"{module.Image}\", and {folder.Name}/module.json is absent or cannot be read.");
        }
    }

    private static void CheckName(Deployment deployment, DeployedModule module, string image)
    {
        var name = ImageName.Parse(image);
        var at = module.Settings!["image"]!;
        if (!name.HasDigest && name.Tag is null or "latest")
        {
            var found = name.Tag is null ? "has no tag" : "has the tag latest";
            deployment.Findings.Add(
                LintRules.ImageTag, at, $"The image \"{image}\" of {module.Name} {found}; it must have the tag of a version, or a digest.");
        }

        if (module.Known is not { UsesOnnxRuntime: true } known) return;
        var platform = (name.Tag ?? "").Contains(NoOnnxPlatform, StringComparison.OrdinalIgnoreCase) ? NoOnnxPlatform : "";
        CheckOnnx(deployment, module, platform, (name.Tag ?? "").Contains(NoOnnxBase, StringComparison.OrdinalIgnoreCase) ? $"FROM {NoOnnxBase}" : "");
    }

    private static void CheckOnnx(Deployment deployment, DeployedModule module, string platform, string dockerfile)
    {
        var isAlpine = dockerfile.Split('\n').Any(line =>
            line.StartsWith("FROM", StringComparison.OrdinalIgnoreCase) && line.Contains(NoOnnxBase, StringComparison.OrdinalIgnoreCase));
        if (!isAlpine && !platform.StartsWith(NoOnnxPlatform, StringComparison.Ordinal)) return;
        deployment.Findings.Add(
            LintRules.ImageOnnx, module.Settings!["image"]!,
            $"{module.Name} runs on ONNX Runtime, and its image is {(isAlpine ? "made on Alpine" : "for " + NoOnnxPlatform)}.");
    }
}
