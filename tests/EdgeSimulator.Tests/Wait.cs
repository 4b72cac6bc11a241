using System.Diagnostics;

namespace EdgeSimulator.Tests;

/// <summary>Waits for a condition with a deadline; the only place where these tests let real time pass.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<bool> condition, string what, Action? meanwhile = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(20)) throw new TimeoutException($"Waited 20 s in vain: {what}.");
            meanwhile?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
