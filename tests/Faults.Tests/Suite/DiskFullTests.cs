using EdgeModules.Testing;
using EdgeSimulator.Tests.EndToEnd;

namespace Faults.Tests.Suite;

/// <summary>The disk of a module is full for a while: a small file system of its own, which root may mount.</summary>
public sealed class DiskFullTests
{
    private const string Module = "FilterModule";
    private const int ReadingsOfTheDataSet = 18_914;

    [SkippableFact]
    public async Task Run_DiskOfAModuleIsFullForAWhile_NothingIsLost()
    {
        await using var suite = new SuiteProcess();
        using var disk = SmallDisk.Mount(suite.StateOf(Module), megabytes: 2);
        // Metrics change all the time then, so that the module has something to save for every message.
        suite.Start("--speed", "3000", "--manifest", suite.ManifestWithAckTimeout(2), "--set", "FilterModule.maxSilenceSeconds=1");
        await suite.WaitForOutputAsync("Opened the Replay source");
        await Waiting.ForAsync(async () => await suite.ReceivedAsync(Module) > 0, "the module receives");
        disk.FillTo(megabytesLeft: 0);
        await Waiting.ForAsync(
            () => suite.LogOf(Module).Contains("Cannot save, so nothing is sent or acknowledged", StringComparison.Ordinal), "the module finds the disk full");
        disk.Empty();

        Assert.True(await suite.WaitAsync() == 0, suite.Output);
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["readings"]!["sent"]!.ToObject<int>());
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["modules"]![Module]!["received"]!.ToObject<int>());
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.ToObject<int>());
        Assert.Equal(0, suite.Report["processes"]![Module]!["restarts"]!.ToObject<int>());
        await suite.EndAsync();
    }
}
