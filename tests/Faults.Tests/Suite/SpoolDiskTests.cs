using EdgeModules.Testing;
using EdgeSimulator.Tests.EndToEnd;

namespace Faults.Tests.Suite;

/// <summary>The cloud is away, and the disk of what waits for it is small, then full of others' files, then has room again.</summary>
public sealed class SpoolDiskTests
{
    private const string Module = "UplinkModule";

    [SkippableFact]
    public async Task Run_DiskOfTheSpoolIsSmallAndFilledByOthers_WhatIsGivenUpIsCounted()
    {
        await using var suite = new SuiteProcess();
        using var disk = SmallDisk.Mount(suite.StateOf(Module), megabytes: 24);
        // Batches as small as they can be, so that there are many, of a source that is fast, and the spool may use all but a little of the disk.
        suite.Start([
            "--devices", "400", "--duration", "45", "--offline", "0-35", "--set", "FilterModule.maxSilenceSeconds=1", .. Set("minFreeDiskMegabytes=8"),
            .. Set("batchUnits=1"), .. Set("connectivity.probeIntervalSeconds=5"), .. Set("connectivity.offlineAfterFailures=1"),
        ]);
        await suite.WaitForOutputAsync("Opened the Synthetic source");
        await Waiting.ForAsync(async () => await suite.ReceivedAsync(Module) > 500, "batches wait", deadline: SuiteProcess.Deadline);
        disk.FillTo(megabytesLeft: 4);
        await Waiting.ForAsync(() => suite.LogOf(Module).Contains("The spool is full", StringComparison.Ordinal), "the spool gives way", deadline: SuiteProcess.Deadline);
        disk.Empty();

        Assert.True(await suite.WaitAsync() == 0, suite.Output);
        var ledger = suite.Report["modules"]![Module]!;
        Assert.True(ledger["evicted"] is not null, $"{ledger}");
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.ToObject<int>());
        Assert.Equal(0, suite.Report["processes"]![Module]!["restarts"]!.ToObject<int>());
        await suite.EndAsync();
    }

    private static string[] Set(string setting) => ["--set", $"{Module}.{setting}"];
}
