using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>Passwords, keys and tokens that stand in the file itself; what a placeholder brings in does not.</summary>
internal static partial class SecretRules
{
    public static void Check(Deployment deployment)
    {
        var registries = deployment.Agent?["runtime"]?.SelectObject("settings")?.SelectObject("registryCredentials");
        foreach (var registry in registries?.Properties().Select(property => property.Value).OfType<JObject>() ?? [])
        {
            if (registry.Text("password") is { Length: > 0 } && IsWritten(deployment, registry["password"]!))
            {
                deployment.Findings.Add(
                    LintRules.SecretLiteral, registry["password"]!, "The password of a registry stands here.",
                    severity: deployment.IsTemplate ? Severity.Error : Severity.Warning);
            }
        }

        foreach (var text in deployment.Json.DescendantsAndSelf().OfType<JValue>().Where(value => value.Value is string))
        {
            if (Secret().IsMatch((string)text.Value!) && IsWritten(deployment, text))
                deployment.Findings.Add(LintRules.SecretLiteral, text, "A key, a token or a connection string with one stands here.");
        }

        foreach (var module in deployment.Modules) CheckVariables(deployment, module);
    }

    private static void CheckVariables(Deployment deployment, DeployedModule module)
    {
        foreach (var property in module.Variables?.Properties() ?? [])
        {
            if (!SecretName().IsMatch(property.Name) || property.Value is not JObject variable || variable.Text("value") is not { Length: > 0 }) continue;
            if (IsWritten(deployment, variable["value"]!))
                deployment.Findings.Add(
                    LintRules.SecretLiteral, variable["value"]!, $"The variable {property.Name} of {module.Name} has a value that looks like a secret.");
        }

        if (module.Settings is null) return;
        foreach (var setting in module.Options.Texts("Env").Where(setting => setting.Split('=') is [{ } name, not "", ..] && SecretName().IsMatch(name)))
        {
            if (module.Settings["createOptions"] is { } options && !setting.Contains("${", StringComparison.Ordinal) && IsWritten(deployment, options))
                deployment.Findings.Add(
                    LintRules.SecretLiteral, options, $"The variable {setting.Split('=')[0]} of {module.Name} has a value that looks like a secret.");
        }
    }

    /// <summary>An expanded manifest has no placeholders any more, and is not told apart from one written so.</summary>
    private static bool IsWritten(Deployment deployment, JToken value) =>
        !(value is JValue { Value: string text } && text.Contains("${", StringComparison.Ordinal))
        && deployment.Findings.Find(value) is var (source, token) && !source.IsFromPlaceholder(token);

    [GeneratedRegex(
        @"SharedAccessKey\s*=\s*[^;\s$]|AccountKey\s*=\s*[^;\s$]|SharedAccessSignature\s+sr=|[?&]sig=[A-Za-z0-9%+/]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY",
        RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"(password|passwd|secret|token|api_?key|access_?key|private_?key|connection_?string)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
