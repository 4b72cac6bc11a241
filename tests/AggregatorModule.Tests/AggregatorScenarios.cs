using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Aggregation.Tests;

/// <summary>scenarios/AggregatorModule, each in process and over MQTT.</summary>
public sealed class AggregatorScenarios
{
    private static readonly StartModule Start = ScenarioModule.Of(() => new AggregatorModule(new WindowAggregator()));

    public static TheoryData<string> Files => new(ScenarioFiles.In("AggregatorModule"));

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
        await using var host = new MqttHost(Start, ["readings"], ["aggregates", "zones", "late", "invalid"]);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }
}
