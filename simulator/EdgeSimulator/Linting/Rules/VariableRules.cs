using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>Environment variables: of every module, and those of edgeHub that matter most.</summary>
internal static partial class VariableRules
{
    private const string MaxClients = "MaxConnectedClients";
    private const string AckTimeout = "MessageAckTimeoutSecs";
    private const string PersistentStorage = "UsePersistentStorage";

    public static void Check(Deployment deployment)
    {
        foreach (var module in deployment.Modules)
        {
            foreach (var property in module.Variables?.Properties() ?? [])
            {
                if (!Name().IsMatch(property.Name))
                {
                    deployment.Findings.Add(
                        LintRules.EnvironmentName, module.Variables!, property.Name,
                        $"The variable \"{property.Name}\" of {module.Name} has a name that IoT Hub does not take.");
                }

                if (property.Name.StartsWith("IOTEDGE_", StringComparison.Ordinal))
                    deployment.Findings.Add(LintRules.EnvironmentReserved, module.Variables!, property.Name, $"{module.Name} is given {property.Name}.");
            }
        }

        if (deployment.IsLayer) return;
        if (deployment.Modules.FirstOrDefault(module => module is { IsSystem: true, Name: "edgeHub" }) is { Variables: { } variables } hub)
            CheckHub(deployment, hub, variables);
    }

    private static void CheckHub(Deployment deployment, DeployedModule hub, JObject variables)
    {
        var modules = deployment.OwnModules.Count();
        if (NumberOf(hub, MaxClients) is { } clients && clients < modules)
            deployment.Findings.Add(LintRules.HubClients, variables, MaxClients, $"{MaxClients} is {clients}, and there are {modules} modules.");
        if (NumberOf(hub, AckTimeout) is > 0 and (< 5 or > 60) and var seconds)
            deployment.Findings.Add(LintRules.HubAckTimeout, variables, AckTimeout, $"{AckTimeout} is {seconds}; it must be 5 to 60.");
        if (ManifestRules.StorageIsInMemory(hub))
            deployment.Findings.Add(LintRules.HubStoreInMemory, variables, PersistentStorage, $"{PersistentStorage} is false.");
    }

    private static int? NumberOf(DeployedModule module, string variable) =>
        int.TryParse(module.Variable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^[^+#$\s.]+$")]
    private static partial Regex Name();
}
