using EdgeModules.Testing.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Inference.Tests;

/// <summary>scenarios/InferenceModule, each in process and over MQTT, with a real model.</summary>
public sealed class InferenceScenarios
{
    private static readonly StartModule Start = ScenarioModule.Of(
        () => new InferenceModule(new OnnxModelLoader(), new ModelReader("."), new NoShadow(), NullLogger<InferenceModule>.Instance));

    public static TheoryData<string> Files() => new(ScenarioFiles.In("InferenceModule"));

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
        await using var host = new MqttHost(Start, ["readings"], ["scores", "invalid"]);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }
}
