using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Filtering.Tests;

/// <summary>scenarios/FilterModule, each in process and over MQTT; and scenarios/must-fail, which test the runner.</summary>
public sealed class FilterScenarios
{
    private static readonly StartModule Start = ScenarioModule.Of(() => new FilterModule(new DeadbandFilter()));

    public static TheoryData<string> Files(string folder) => new(ScenarioFiles.In(folder));

    [Theory]
    [MemberData(nameof(Files), "FilterModule")]
    public async Task InProcess(string file)
    {
        await using var host = new InProcessHost(Start);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }

    [Theory]
    [MemberData(nameof(Files), "FilterModule")]
    public async Task OverMqtt(string file)
    {
        await using var host = new MqttHost(Start, ["readings"], ["filtered", "invalid"]);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }

    [Theory]
    [MemberData(nameof(Files), "must-fail")]
    public async Task MustFail(string file)
    {
        await using var host = new InProcessHost(Start);
        var error = await Assert.ThrowsAsync<ScenarioException>(() => ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host));
        Assert.Contains(ScenarioFiles.FailsWith(file), error.Message);
    }
}
