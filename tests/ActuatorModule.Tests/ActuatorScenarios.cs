using EdgeModules.Testing.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Actuating.Tests;

/// <summary>scenarios/ActuatorModule, each in process and over MQTT; the lines are simulated, as on a board without the named ones.</summary>
public sealed class ActuatorScenarios
{
    private static readonly StartModule Start = ScenarioModule.Of(
        () => new ActuatorModule(new Actuator(), new Lines(new FakeBoard(), NullLogger<Lines>.Instance), NullLogger<ActuatorModule>.Instance));

    public static TheoryData<string> Files() => new(ScenarioFiles.In("ActuatorModule"));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task InProcess(string file)
    {
        await using var host = new InProcessHost(Start);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task OverMqtt(string file)
    {
        await using var host = new MqttHost(Start, ["commands"], ["outcomes", "invalid"]);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }
}
