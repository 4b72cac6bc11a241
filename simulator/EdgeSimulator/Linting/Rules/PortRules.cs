using System.Globalization;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>Ports of the host and of containers.</summary>
internal static class PortRules
{
    private const string Bindings = "PortBindings";
    private const int FirstUnprivileged = 1024;

    public static void Check(Deployment deployment)
    {
        var taken = new Dictionary<(string Port, string Protocol), string>();
        foreach (var module in deployment.Modules.Where(module => module is { Options: not null, Settings: not null }))
        {
            foreach (var (inside, binding) in BindingsOf(module))
            {
                var protocol = inside.Split('/') is [_, var named] ? named : "tcp";
                var key = ($"{binding}", protocol);
                if (taken.TryGetValue(key, out var other))
                {
                    ContainerRules.Tell(
                        deployment, LintRules.PortDuplicate, module, $"{module.Name} wants port {binding}/{protocol} of the host, which {other} has.",
                        Bindings);
                }
                else if (binding.Length > 0)
                {
                    taken.Add(key, module.Name);
                }
            }

            foreach (var inside in BindingsOf(module).Select(binding => binding.Inside).Distinct())
            {
                if (module.IsSystem || !module.IsUnprivileged || !int.TryParse(inside.Split('/')[0], CultureInfo.InvariantCulture, out var port)) continue;
                if (port < FirstUnprivileged)
                    ContainerRules.Tell(deployment, LintRules.PortLow, module, $"{module.Name} listens on port {port} and does not run as root.", Bindings);
            }
        }
    }

    /// <returns><c>8883/tcp</c>, and the host's port with the address, where one is named.</returns>
    private static IEnumerable<(string Inside, string Host)> BindingsOf(DeployedModule module)
    {
        foreach (var (inside, bindings) in module.Host?[Bindings] as JObject ?? [])
        {
            foreach (var binding in (bindings as JArray ?? []).OfType<JObject>())
                yield return (inside, (binding["HostPort"] as JValue)?.ToString(CultureInfo.InvariantCulture) ?? "");
        }
    }
}
