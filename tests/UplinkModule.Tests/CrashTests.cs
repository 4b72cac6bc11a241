using EdgeModules.Testing.Crashing;

namespace EdgeModules.Uplink.Tests;

/// <summary>
/// Kills at every point between accept, save, send and acknowledge: at the end the cloud has each message once, when repeats are dropped by their ids, and the
/// books balance at every step.
/// </summary>
public sealed class CrashTests
{
    private const int SeedsOfAPoint = 8;

    private static readonly CrashPoint?[] Points = [null, .. Enum.GetValues<CrashPoint>()];

    public static TheoryData<CrashPoint?, int> InMemory() => Rows(Points, SeedsOfAPoint);

    /// <summary>The points that the files have a part in.</summary>
    public static TheoryData<CrashPoint?, int> OnDisk() => Rows([null, CrashPoint.InSave, CrashPoint.AfterSave], 1);

    [Theory]
    [MemberData(nameof(InMemory))]
    public Task Messages_KilledAnywhere_ArriveOnceEach(CrashPoint? point, int seed) => PlayAsync(point, seed, new MemoryVolume());

    [Theory]
    [MemberData(nameof(OnDisk))]
    public Task Messages_KilledAnywhereOnFiles_ArriveOnceEach(CrashPoint? point, int seed) => PlayAsync(point, seed, new LiteDbVolume());

    private static TheoryData<CrashPoint?, int> Rows(CrashPoint?[] points, int seeds)
    {
        var rows = new TheoryData<CrashPoint?, int>();
        foreach (var point in points)
        {
            for (var seed = 1; seed <= seeds; seed++) rows.Add(point, (100 * Array.IndexOf(Points, point)) + seed);
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
            throw new InvalidOperationException(
                $"Seed {seed}, killed at {point?.ToString() ?? "any point"}: {error.Message}\nThe run:\n{string.Join('\n', story.Story)}", error);
        }
    }
}
