using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Peaking.Tests;

public sealed class PeakScenarios
{
    private static readonly StartModule Start = ScenarioModule.Of(() => new PeakModule(new Peaks()));

    public static TheoryData<string> Files() => new(ScenarioFiles.In("PeakModule"));

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
        await using var host = new MqttHost(Start, inputs: ["readings"], outputs: ["peaks", "invalid"]);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }
}
