using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Waits for what happens on other threads, up to a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    public static Task IsTrueAsync(Func<bool> condition) => RunUntilAsync(condition, () => { });

    /// <summary>Moves the clock on in small steps, so that timers set in between get their turn.</summary>
    public static Task IsTrueAsync(Func<bool> condition, FakeTimeProvider clock) => RunUntilAsync(condition, () => clock.Advance(TimeSpan.FromMilliseconds(500)));

    public static async Task<T> WithinDeadlineAsync<T>(this Task<T> task) => await task.WaitAsync(Deadline, TimeProvider.System);

    public static async Task WithinDeadlineAsync(this Task task) => await task.WaitAsync(Deadline, TimeProvider.System);

    private static async Task RunUntilAsync(Func<bool> condition, Action step)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Deadline) throw new TimeoutException("The condition did not come true.");
            step();
            await Task.Delay(Poll, TimeProvider.System);
        }
    }
}
