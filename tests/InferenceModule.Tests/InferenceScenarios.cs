using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Inference.Tests;

/// <summary>With a real model, which the settings carry.</summary>
public sealed class InferenceScenarios() : ModuleScenarios<InferenceScenarios>(Start, ["readings"], ["scores", "shadowReports", "invalid"]), IScenarioFolder
{
    private static readonly StartModule Start = ScenarioModule.Of(
        (state, clock) => TestModules.Create(new OnnxModelLoader(), Path.Combine(state, "models"), clock, mounted: state));

    public static string Folder => "InferenceModule";
}
