using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;
using EdgeModules.Testing.Scenarios;

namespace EdgeModules.Uplink.Tests;

/// <summary>The probe's host <c>away</c> stands for a cloud that is away.</summary>
public sealed class UplinkScenarios() : ModuleScenarios<UplinkScenarios>(Start, ["normal", "low"], ["batches", "connectivity"]), IScenarioFolder
{
    private static readonly StartModule Start = ScenarioModule.Of((state, _) => new UplinkModule(
        new UplinkSurroundings(new FileFolder(Path.Combine(state, "batches")), new FakeProbe(), "well"), UplinkRig.Telemetry(new RecordingLogger())));

    public static string Folder => "UplinkModule";
}
