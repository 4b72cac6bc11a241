using EdgeModules.Testing.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Actuating.Tests;

/// <summary>The lines are simulated, as on a board without the named ones.</summary>
public sealed class ActuatorScenarios() : ModuleScenarios<ActuatorScenarios>(Start, ["commands"], ["outcomes", "invalid"]), IScenarioFolder
{
    private static readonly StartModule Start = ScenarioModule.Of(
        () => new ActuatorModule(new Actuator(), new Lines(new FakeBoard(), NullLogger<Lines>.Instance), NullLogger<ActuatorModule>.Instance));

    public static string Folder => "ActuatorModule";
}
