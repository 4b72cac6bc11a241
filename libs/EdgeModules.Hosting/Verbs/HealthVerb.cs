using System.Collections;
using EdgeModules.Hosting.Health;

namespace EdgeModules.Hosting.Verbs;

/// <summary><c>--health</c>: whether the module in this container is alive, by its heartbeat. Needs neither shell nor network, and loads little.</summary>
internal static class HealthVerb
{
    public const string Name = "--health";

    /// <summary>A machine that is very busy may miss a beat or two.</summary>
    private static readonly TimeSpan OldestBeat = 6 * Watchdog.Interval;

    public static int Run(TextWriter output)
    {
        var variables = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value;
        var (code, text) = Judge(Heartbeat.Of(ModuleEnvironment.InstanceOf(variables.GetValueOrDefault)), TimeProvider.System);
        output.WriteLine(text);
        return code;
    }

    /// <returns>The exit code, and one line.</returns>
    public static (int Code, string Text) Judge(Heartbeat heartbeat, TimeProvider clock)
    {
        if (heartbeat.Read() is not { } beat) return (1, $"No heartbeat at {heartbeat.Places}: the module does not run, or could not write there.");
        var age = clock.GetElapsedTime(beat.Timestamp);
        // One from before the last start of the machine is ahead of the clock.
        if (age < TimeSpan.Zero) return (1, "The last heartbeat is of an earlier start of the machine: the module does not run.");
        if (age > OldestBeat) return (1, $"The last heartbeat is {age.TotalSeconds:0} s old; it must be {OldestBeat.TotalSeconds:0} s at most: the process does not run, or is frozen.");
        return beat.IsAlive ? (0, $"Alive, {age.TotalSeconds:0} s ago: {beat.Text}") : (1, $"Hung: {beat.Text}.");
    }
}
