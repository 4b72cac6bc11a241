using EdgeSimulator.Running;

namespace EdgeSimulator.Tests.Running;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void CreateFresh_ManyRuns_KeepsTheNewestFive()
    {
        for (var run = 0; run < 8; run++) RunDirectory.CreateFresh(_root.FullPath, Start.AddMinutes(run)).Dispose();
        Assert.Equal(
            Enumerable.Range(3, 5).Select(run => $"20260131-12{run:00}00-{Environment.ProcessId}"),
            Directory.GetDirectories(Path.Combine(_root.FullPath, ".edgesimulator")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void CreateFresh_OldRunThatStillGoesOn_IsLeft()
    {
        using var first = RunDirectory.CreateFresh(_root.FullPath, Start);
        for (var run = 1; run < 8; run++) RunDirectory.CreateFresh(_root.FullPath, Start.AddMinutes(run)).Dispose();
        Assert.True(Directory.Exists(first.FullPath));
    }

    [Fact]
    public void Open_DirectoryInUse_IsRefusedUntilItIsFree()
    {
        var path = Path.Combine(_root.FullPath, "state");
        using (RunDirectory.Open(path))
        {
            Assert.Equal(
                $"The state directory {path} (--state) is in use by another simulator, or cannot be written.",
                Assert.Throws<SimulatorException>(() => RunDirectory.Open(path)).Message);
        }

        RunDirectory.Open(path).Dispose();
    }

    [Fact]
    public void Open_PlaceThatIsAFile_IsNamed()
    {
        var file = _root.Write("state", "");
        Assert.StartsWith($"The state directory {file} (--state) cannot be used", Assert.Throws<SimulatorException>(() => RunDirectory.Open(file)).Message);
    }
}
