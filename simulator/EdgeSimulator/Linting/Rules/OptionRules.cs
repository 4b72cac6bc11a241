using System.Globalization;
using System.Text.RegularExpressions;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>The form of <c>createOptions</c> in a manifest: a string in numbered parts. <see cref="ManifestRules"/> tells of what cannot be read.</summary>
internal static partial class OptionRules
{
    public static void Check(Deployment deployment)
    {
        foreach (var module in deployment.Modules)
        {
            if (module.Settings is not { } settings) continue;
            CheckNumbers(deployment, settings);
            if (!deployment.IsTemplate) CheckParts(deployment, settings, module.Name);
        }
    }

    private static void CheckParts(Deployment deployment, JObject settings, string module)
    {
        foreach (var part in settings.Properties().Where(property => Part().IsMatch(property.Name)).ToList())
        {
            if (part.Value is JObject)
            {
                deployment.Findings.Add(
                    LintRules.CreateOptionsInvalid, part.Value, $"{part.Name} of {module} is an object; in a manifest it must be its JSON as a string.",
                    "Make the manifest of the template: EdgeSimulator genconfig.");
            }
            else if (part.Value is JValue { Value: string { Length: > CreateOptions.ChunkLength } text })
            {
                deployment.Findings.Add(
                    LintRules.CreateOptionsUnsplit, part.Value,
                    $"{part.Name} of {module} has {text.Length} characters; it must have at most {CreateOptions.ChunkLength}.");
            }
        }
    }

    private static void CheckNumbers(Deployment deployment, JObject settings)
    {
        var numbers = settings.Properties().Select(property => Part().Match(property.Name)).Where(match => match.Success)
            .Select(match => match.Groups["number"] is { Length: > 0, Value: var digits } ? int.Parse(digits, CultureInfo.InvariantCulture) : 0)
            .Order().ToList();
        if (numbers.Index().FirstOrDefault(part => part.Item != part.Index, (Index: -1, Item: -1)) is not (>= 0 and var gap, var found)) return;
        var name = gap == 0 ? "createOptions" : $"createOptions{gap:00}";
        deployment.Findings.Add(LintRules.CreateOptionsGap, settings, $"createOptions{found:00}", $"{name} is absent before createOptions{found:00}.");
    }

    [GeneratedRegex("^createOptions(?<number>[0-9][0-9])?$")]
    private static partial Regex Part();
}
