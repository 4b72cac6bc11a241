using System.Text;
using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>
/// Every change that a swap makes to the disk, killed before, within and after it, and every state killed between two changes; with the real runtime of models.
/// The next process finds what was there at that moment: a working model, whole files, the state that the policy says; and comes to the same end.
/// </summary>
public sealed class SwapKillTests(ITestOutputHelper output) : IDisposable
{
    private static readonly float[] Window = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f];

    private readonly TemporaryFolder _mounted = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly HashSet<SwapPhase> _killedIn = [];
    private int _kills;

    public static TheoryData<string> Stories => new(All.Keys);

    private static Dictionary<string, SwapStory> All { get; } =
        new[] { SwapStory.Promoted, SwapStory.Approved, SwapStory.Rejected, SwapStory.RolledBack, SwapStory.TakenBack }.ToDictionary(story => story.Name);

    public void Dispose() => _mounted.Dispose();

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task Swap_KilledAtEachChangeOfTheDisk_ComesToTheSameEnd(string name)
    {
        var story = All[name];
        var changes = await CountAsync(story);
        for (var number = 1; number <= changes; number++)
        {
            foreach (var moment in Enum.GetValues<KillMoment>())
            {
                if (await KillAtAsync(story, number, moment) is { } difference) Assert.Fail($"{story}, {moment} change {number}: {difference}");
            }
        }

        output.WriteLine($"{story}: {_kills} kills at {changes} changes, in the states {string.Join(", ", _killedIn.Order())}");
        Assert.True(_kills >= 2 * changes, $"It was killed {_kills} times.");
    }

    [Theory]
    [InlineData(SwapPhase.Downloading)]
    [InlineData(SwapPhase.Verifying)]
    [InlineData(SwapPhase.Loading)]
    [InlineData(SwapPhase.SelfTest)]
    [InlineData(SwapPhase.Shadow)]
    [InlineData(SwapPhase.Extending)]
    [InlineData(SwapPhase.Probation)]
    [InlineData(SwapPhase.Promoted)]
    public async Task Swap_KilledInAState_ComesToTheSameEnd(SwapPhase phase)
    {
        var story = phase == SwapPhase.Extending ? SwapStory.Approved with { Name = "extended" } : SwapStory.Promoted;
        using var disk = new TemporaryFolder();
        var folder = new KillableFolder(disk);
        using var gate = new HeldLoader(story.CandidateSha256, phase);
        using (var life = new SwapLife(story, folder, _mounted, _time, seed: 1))
        {
            Assert.True(life.Start(gate));
            await life.RunAsync(() => life.Swap.Phase == phase);
            folder.Kill();
            gate.Open();
            await GoOnAsync(phase == SwapPhase.Extending ? SwapStory.Approved : story, folder.Left!, life.Told);
        }
    }

    [Fact]
    public async Task Swap_KilledTwiceInTheLoadOfTheCandidate_RejectsIt()
    {
        using var disk = new TemporaryFolder();
        var left = disk.Copy();
        for (var kill = 0; kill < SwapMachine.MaxLoadsBegun; kill++)
        {
            var folder = new KillableFolder(left);
            using var gate = new HeldLoader(SwapStory.Promoted.CandidateSha256, SwapPhase.Loading);
            using var life = new SwapLife(SwapStory.Promoted, folder, _mounted, _time, seed: 1);
            Assert.True(life.Start(gate));
            await life.RunAsync(() => life.Swap.Phase == SwapPhase.Loading);
            folder.Kill();
            gate.Open();
            left = folder.Left!;
        }

        using var last = new SwapLife(SwapStory.Promoted, new KillableFolder(left), _mounted, _time, seed: 2);
        last.Start(new OnnxModelLoader());
        await last.RunAsync(() => last.Swap.Phase == SwapPhase.Rejected);
        Assert.Equal(SwapStory.FirstSha256, last.Swap.Live!.Identity.Sha256);
        left.Dispose();
    }

    [Fact]
    public async Task Swap_KilledThreeTimesShortlyAfterTheSwap_GoesBackToTheModelBefore()
    {
        using var disk = new TemporaryFolder();
        var left = disk;
        for (var kill = 0; kill <= SwapMachine.MaxProbationBoots; kill++)
        {
            var folder = new KillableFolder(left);
            using var life = new SwapLife(SwapStory.Promoted, folder, _mounted, _time, seed: 1);
            Assert.True(life.Start(new OnnxModelLoader()));
            await life.RunAsync(() => life.Swap.Phase == SwapPhase.Probation);
            Assert.Equal(SwapStory.Promoted.CandidateSha256, life.Swap.Live!.Identity.Sha256);
            folder.Kill();
            left = folder.Left!;
        }

        using var last = new SwapLife(SwapStory.Promoted, new KillableFolder(left), _mounted, _time, seed: 2);
        last.Start(new OnnxModelLoader());
        Assert.Equal((SwapPhase.RolledBack, SwapStory.FirstSha256), (last.Swap.Phase, last.Swap.Live!.Identity.Sha256));
        left.Dispose();
    }

    private async Task<int> CountAsync(SwapStory story)
    {
        using var disk = new TemporaryFolder();
        var folder = new KillableFolder(disk);
        using var life = new SwapLife(story, folder, _mounted, _time, seed: 1);
        life.Start(new OnnxModelLoader());
        await life.RunAsync(() => IsAtTheEnd(life, story, []));
        return folder.Changes.Count;
    }

    /// <returns>What went otherwise, or null.</returns>
    private async Task<string?> KillAtAsync(SwapStory story, int number, KillMoment moment)
    {
        using var disk = new TemporaryFolder();
        var folder = new KillableFolder(disk) { KillAt = (number, moment) };
        using var life = new SwapLife(story, folder, _mounted, _time, seed: 1);
        if (life.Start(new OnnxModelLoader())) await life.RunAsync(() => IsAtTheEnd(life, story, []));
        // The last changes are made in another order now and then, and there may be one less.
        if (!life.IsKilled) return null;
        _kills++;
        _killedIn.Add(life.Phase);
        using var left = folder.Left!;
        try
        {
            await GoOnAsync(story, left, life.Told, isSwapped: IsSwapped(story, folder, moment));
            return null;
        }
        catch (Exception error) when (error is TimeoutException or Xunit.Sdk.XunitException)
        {
            return $"killed in {life.Phase} at \"{folder.Changes[^1].What}\". {error.Message}";
        }
    }

    /// <summary>The commit point is the replacement of the journal by one that names the candidate as active.</summary>
    private static bool IsSwapped(SwapStory story, KillableFolder folder, KillMoment moment)
    {
        var done = moment == KillMoment.After ? folder.Changes : folder.Changes.SkipLast(1);
        var journal = done.LastOrDefault(change => change.What == $"replace {ModelStore.JournalFile}").Content;
        return journal is not null && Encoding.UTF8.GetString(journal).Contains(
            $"\"active\":{{\"sha256\":\"{story.CandidateSha256}\"", StringComparison.Ordinal);
    }

    private async Task GoOnAsync(SwapStory story, TemporaryFolder left, List<string> told, bool? isSwapped = null)
    {
        foreach (var model in Directory.GetFiles(left.Path, "*.onnx"))
            Assert.Equal(Path.GetFileNameWithoutExtension(model), ModelStore.Hash(File.ReadAllBytes(model)));
        var (journal, problem) = new ModelStore(new FileFolder(left.Path)).Open();
        Assert.Null(problem);
        using var life = new SwapLife(story, new KillableFolder(left), _mounted, _time, seed: 2);
        Assert.True(life.Start(new OnnxModelLoader()));
        // Only before the very first model was there is there none to go on with.
        Assert.Equal(journal.Active?.Sha256, life.Swap.Live?.Identity.Sha256);
        if (isSwapped is { } swapped) Assert.Equal(swapped, life.Swap.Live?.Identity.Sha256 == story.CandidateSha256);
        if (life.Swap.Live is not null) Assert.Equal(FakeModel.ScoreOf(Window), life.Score(Window), 1e-5f);
        Assert.Equal(journal.Phase.IsInWork() ? SwapPhase.Idle : journal.Phase, life.Swap.Phase);

        try
        {
            await life.RunAsync(() => IsAtTheEnd(life, story, told));
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException(
                $"It came to {life.Swap.Report(_time.GetUtcNow())}; told were {string.Join(", ", told)}, then {string.Join(", ", life.Told)}.", error);
        }

        Assert.False(life.IsKilled);
        Assert.Equal(story.LastSha256, life.Swap.Live!.Identity.Sha256);
        Assert.Equal(FakeModel.ScoreOf(Window), life.Score(Window), 1e-5f);
    }

    private static bool IsAtTheEnd(SwapLife life, SwapStory story, List<string> told) =>
        life.Swap.Phase == story.End && life.Swap.Live?.Identity.Sha256 == story.LastSha256
        && story.Decisions.All(decision => life.Told.Contains(decision) || told.Contains(decision));
}
