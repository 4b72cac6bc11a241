using EdgeModules.Testing.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Inference.Tests;

/// <summary>With a real model, which the settings carry.</summary>
public sealed class InferenceScenarios() : ModuleScenarios<InferenceScenarios>(Start, ["readings"], ["scores", "invalid"]), IScenarioFolder
{
    private static readonly StartModule Start = ScenarioModule.Of(
        () => new InferenceModule(new OnnxModelLoader(), new ModelReader("."), new NoShadow(), NullLogger<InferenceModule>.Instance));

    public static string Folder => "InferenceModule";
}
