using System.Diagnostics;
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
        var disk = suite.StateOf(Module);
        Directory.CreateDirectory(disk);
        Skip.IfNot(OperatingSystem.IsLinux() && TryRun("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk), "A file system cannot be mounted here: that takes Linux and root.");
        try
        {
            // Metrics change all the time then, so that the module has something to save for every message.
            suite.Start("--speed", "3000", "--manifest", suite.ManifestWithAckTimeout(2), "--set", "FilterModule.maxSilenceSeconds=1");
            await suite.WaitForOutputAsync("Opened the Replay source");
            await Waiting.ForAsync(async () => await suite.ReceivedAsync(Module) > 0, "the module receives");
            var filler = Path.Combine(disk, "filler");
            Fill(filler);
            await Waiting.ForAsync(() => suite.LogOf(Module).Contains("Cannot save, so nothing is sent or acknowledged", StringComparison.Ordinal), "the module finds the disk full");
            File.Delete(filler);

            Assert.True(await suite.WaitAsync() == 0, suite.Output);
            Assert.Equal(ReadingsOfTheDataSet, suite.Report["readings"]!["sent"]!.ToObject<int>());
            Assert.Equal(ReadingsOfTheDataSet, suite.Report["modules"]![Module]!["received"]!.ToObject<int>());
            Assert.Equal(0, suite.Report["unaccountedReadings"]!.ToObject<int>());
            Assert.Equal(0, suite.Report["processes"]![Module]!["restarts"]!.ToObject<int>());
        }
        finally
        {
            await suite.EndAsync();
            TryRun("umount", disk);
        }
    }

    private static void Fill(string file)
    {
        using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true) filler.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static bool TryRun(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
