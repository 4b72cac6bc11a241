using EdgeModules.Testing.Crashing;

namespace EdgeModules.Aggregation.Tests;

/// <summary>
/// Kills at every point between accept, save, send and acknowledge: what the cloud has at the end is what the plain program says, and the books balance at
/// every step. A row's numbers give the same run again.
/// </summary>
public sealed class AggregatorCrashTests
{
    private const int SeedsOfAPoint = 4;

    private static readonly CrashPoint?[] Points = [null, .. Enum.GetValues<CrashPoint>()];

    public static TheoryData<CrashPoint?, int> InMemory() => Rows(Points, SeedsOfAPoint);

    /// <summary>The points that the files have a part in.</summary>
    public static TheoryData<CrashPoint?, int> OnDisk() => Rows([null, CrashPoint.InSave, CrashPoint.AfterSave], 1);

    [Theory]
    [MemberData(nameof(InMemory))]
    public Task Windows_KilledAnywhere_AreThoseOfThePlainProgram(CrashPoint? point, int seed) => PlayAsync(point, seed, new MemoryVolume());

    [Theory]
    [MemberData(nameof(OnDisk))]
    public Task Windows_KilledAnywhereOnFiles_AreThoseOfThePlainProgram(CrashPoint? point, int seed) => PlayAsync(point, seed, new LiteDbVolume());

    private static TheoryData<CrashPoint?, int> Rows(CrashPoint?[] points, int seeds)
    {
        var rows = new TheoryData<CrashPoint?, int>();
        foreach (var point in points)
        {
            for (var seed = 1; seed <= seeds; seed++) rows.Add(point, 100 * Array.IndexOf(Points, point) + seed);
        }

        return rows;
    }

    private static async Task PlayAsync(CrashPoint? point, int seed, Volume volume)
    {
        await using var story = new CrashStory(seed, point, volume);
        try
        {
            await story.RunAsync();
            Assert.True(story.Kills > 0, "It was never killed.");
        }
        catch (Exception error)
        {
            var run = string.Join('\n', story.Story);
            throw new InvalidOperationException($"Seed {seed}, killed at {point?.ToString() ?? "any point"}: {error.Message}\nThe run:\n{run}", error);
        }
    }
}
