namespace EdgeModules.Testing;

/// <summary>Waits for a condition with a deadline, for what happens in other threads or processes.</summary>
public static class Waiting
{
    /// <summary>Far above what any condition needs, so that a slow machine does not fail a right program.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);

    /// <param name="what">Completes "… did not come true".</param>
    /// <param name="step">Done before each look, for instance moving a clock on.</param>
    public static Task ForAsync(Func<bool> condition, string what, Action? step = null, TimeSpan? deadline = null) =>
        ForAsync(() => Task.FromResult(condition()), what, step, deadline);

    /// <inheritdoc cref="ForAsync(Func{bool}, string, Action?, TimeSpan?)"/>
    public static async Task ForAsync(Func<Task<bool>> condition, string what, Action? step = null, TimeSpan? deadline = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > (deadline ?? Deadline)) throw new TimeoutException($"\"{what}\" did not come true in time.");
            step?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
