using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Aggregation.Tests;

public sealed class AggregatorScenarios()
    : ModuleScenarios<AggregatorScenarios>(
        ScenarioModule.Of(() => new AggregatorModule(new WindowAggregator())), ["readings"], ["aggregates", "zones", "late", "invalid"]), IScenarioFolder
{
    public static string Folder => "AggregatorModule";
}
