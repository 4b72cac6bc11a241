using System.Diagnostics.CodeAnalysis;

namespace EdgeModules.Testing.Scenarios;

/// <summary>The scenarios of a module, each in process and over MQTT.</summary>
/// <typeparam name="TSelf">The class of tests itself.</typeparam>
public abstract class ModuleScenarios<TSelf>(StartModule start, string[] inputs, string[] outputs)
    where TSelf : IScenarioFolder
{
    [SuppressMessage("Design", "CA1000", Justification = "xunit takes it from the class that TSelf makes of this one.")]
    public static TheoryData<string> Files => new(ScenarioFiles.In(TSelf.Folder));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task InProcess(string file)
    {
        await using var host = ModelledHost.Of(new InProcessHost(start), TSelf.Folder);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task OverMqtt(string file)
    {
        await using var host = ModelledHost.Of(new MqttHost(start, inputs, outputs), TSelf.Folder);
        await ScenarioRunner.RunAsync(ScenarioFiles.Load(file), host);
    }
}

public interface IScenarioFolder
{
    /// <summary>Below <c>scenarios/</c>.</summary>
    static abstract string Folder { get; }
}
