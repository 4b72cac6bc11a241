namespace EdgeModules.Models.Evaluation;

/// <summary>One reading with what was known when it came, and what was true.</summary>
public interface IJudgedReading
{
    /// <summary>Unix milliseconds, or any other measure in milliseconds.</summary>
    long Time { get; }

    /// <summary>Whether an alarm is on, by this reading and those before it.</summary>
    bool IsAlarm { get; }

    /// <summary>Whether it is labelled.</summary>
    bool IsAnomaly { get; }
}
