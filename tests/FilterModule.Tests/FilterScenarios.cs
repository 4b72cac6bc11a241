using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Filtering.Tests;

/// <summary>Beside those of the module, scenarios/must-fail, which test the runner.</summary>
public sealed class FilterScenarios() : ModuleScenarios<FilterScenarios>(Start, ["readings"], ["filtered", "invalid"]), IScenarioFolder
{
    private static readonly StartModule Start = ScenarioModule.Of(() => new FilterModule(new DeadbandFilter()));

    public static string Folder => "FilterModule";

    public static TheoryData<string> FilesThatFail => new(ScenarioFiles.In("must-fail"));

    [Theory]
    [MemberData(nameof(FilesThatFail))]
    public async Task MustFail(string file)
    {
        await using var host = new InProcessHost(Start);
        var error = await Assert.ThrowsAsync<ScenarioException>(() => ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host));
        Assert.Contains(ScenarioFiles.FailsWith(file), error.Message);
    }
}
