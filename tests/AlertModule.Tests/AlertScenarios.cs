using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Alerting.Tests;

/// <summary>scenarios/AlertModule, each in process and over MQTT.</summary>
public sealed class AlertScenarios
{
    private static readonly StartModule Start = ScenarioModule.Of(() => new AlertModule());

    public static TheoryData<string> Files() => new(ScenarioFiles.In("AlertModule"));

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
        await using var host = new MqttHost(Start, ["readings", "scores"], ["alerts", "commands", "invalid"]);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }
}
