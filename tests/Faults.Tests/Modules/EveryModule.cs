using EdgeModules.Actuating;
using EdgeModules.Actuating.Tests;
using EdgeModules.Aggregation;
using EdgeModules.Alerting;
using EdgeModules.Filtering;
using EdgeModules.Inference;
using EdgeModules.Inference.Tests;
using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;
using EdgeModules.Testing.Scenarios;
using EdgeModules.Uplink;
using EdgeModules.Uplink.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Faults.Tests.Modules;

/// <summary>How to start each module that receives; in process, with its real store.</summary>
internal static class EveryModule
{
    public static IReadOnlyDictionary<string, StartModule> All { get; } = new Dictionary<string, StartModule>
    {
        ["ActuatorModule"] = ScenarioModule.Of(
            () => new ActuatorModule(new Actuator(), new Lines(new FakeBoard(), NullLogger<Lines>.Instance), NullLogger<ActuatorModule>.Instance)),
        ["AggregatorModule"] = ScenarioModule.Of(() => new AggregatorModule(new WindowAggregator())),
        ["AlertModule"] = ScenarioModule.Of(() => new AlertModule()),
        ["FilterModule"] = ScenarioModule.Of(() => new FilterModule(new DeadbandFilter())),
        ["InferenceModule"] = ScenarioModule.Of(
            (state, clock) => TestModules.Create(new OnnxModelLoader(), Path.Combine(state, "models"), clock, mounted: state)),
        ["UplinkModule"] = ScenarioModule.Of((state, _) => new UplinkModule(
            new UplinkSurroundings(new FileFolder(Path.Combine(state, "batches")), new FakeProbe(), "well"), UplinkRig.Telemetry(new RecordingLogger()))),
    };

    /// <summary>Module and input.</summary>
    public static TheoryData<string, string> Inputs => new()
    {
        { "ActuatorModule", "commands" },
        { "AggregatorModule", "readings" },
        { "AlertModule", "readings" },
        { "AlertModule", "scores" },
        { "FilterModule", "readings" },
        { "InferenceModule", "readings" },
        { "UplinkModule", "normal" },
        { "UplinkModule", "low" },
    };
}
