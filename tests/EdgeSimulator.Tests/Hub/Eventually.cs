using EdgeModules.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Waits for what happens on other threads, up to a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static Task IsTrueAsync(Func<bool> condition) => Waiting.ForAsync(condition, "the condition", deadline: Deadline);

    /// <summary>Moves the clock on in small steps, so that timers set in between get their turn.</summary>
    public static Task IsTrueAsync(Func<bool> condition, FakeTimeProvider clock) =>
        Waiting.ForAsync(condition, "the condition", () => clock.Advance(TimeSpan.FromMilliseconds(500)), Deadline);

    public static async Task<T> WithinDeadlineAsync<T>(this Task<T> task) => await task.WaitAsync(Deadline, TimeProvider.System);

    public static async Task WithinDeadlineAsync(this Task task) => await task.WaitAsync(Deadline, TimeProvider.System);
}
