using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Alerting.Tests;

public sealed class AlertScenarios()
    : ModuleScenarios<AlertScenarios>(ScenarioModule.Of(() => new AlertModule()), ["readings", "scores"], ["alerts", "commands", "invalid"]), IScenarioFolder
{
    public static string Folder => "AlertModule";
}
