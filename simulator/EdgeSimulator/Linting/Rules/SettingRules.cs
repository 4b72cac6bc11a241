using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>What the modules of this solution say of their settings, by their own validation.</summary>
internal static class SettingRules
{
    public static void Check(Deployment deployment)
    {
        foreach (var module in deployment.OwnModules)
        {
            if (module.Unasked is { } problem)
                deployment.Findings.Add(LintRules.SettingsUnchecked, module.Json, $"{module.Known!.Name} cannot be asked about {module.Name}. {problem}");
            foreach (var refused in module.Refused ?? [])
            {
                var (at, missing) = Find(module.Twin ?? [], refused.Path);
                if (module.Twin is null)
                    deployment.Findings.Add(LintRules.SettingsRefused, module.Json, $"{module.Name} refuses its defaults. {refused.Message}");
                else if (missing is not null) deployment.Findings.Add(LintRules.SettingsRefused, (JObject)at, missing, refused.Message);
                else deployment.Findings.Add(LintRules.SettingsRefused, at, refused.Message);
            }
        }
    }

    /// <returns>The setting, or the object in which it is missing and its name there.</returns>
    private static (JToken At, string? Missing) Find(JObject twin, string path)
    {
        JToken at = twin;
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at is not JObject json) return (at, null);
            if (json[name] is not { } below) return (json, name);
            at = below;
        }

        return (at, null);
    }
}
