namespace EdgeSimulator.Linting.Rules;

/// <summary>Where the modules of this solution keep what they have accepted.</summary>
internal static class StorageRules
{
    private const string Variable = "StateDirectory";

    public static void Check(Deployment deployment)
    {
        foreach (var module in deployment.OwnModules.Where(module => module.Known is not null))
        {
            if (module.Variable(Variable) is not { Length: > 0 } folder)
            {
                if (module.Variables is { } variables) deployment.Findings.Add(
                    LintRules.StateDirectory, variables, Variable, $"{module.Name} has no {Variable}.");
                else deployment.Findings.Add(LintRules.StateDirectory, module.Json, "env", $"{module.Name} has no {Variable}.");
            }
            else if (module is { Options: not null, Settings: not null } && !Mounts.VolumesOf(module).Any(volume => Mounts.IsAtOrBelow(folder, volume)))
            {
                ContainerRules.Tell(deployment, LintRules.StateNotKept, module, $"{module.Name} keeps its state in {folder}, which is on no volume.", "Binds");
            }
        }
    }
}
