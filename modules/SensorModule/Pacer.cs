namespace EdgeModules.Sensing;

/// <summary>When a reading is due: event time passes <paramref name="Speed"/> times as fast as the clock, from one moment that both share.</summary>
/// <param name="Wall">That moment on the clock, in Unix milliseconds.</param>
/// <param name="Event">The same moment in event time, in Unix milliseconds.</param>
/// <param name="Speed">Positive; 0 makes everything due at once.</param>
public sealed record Pacer(long Wall, long Event, double Speed)
{
    /// <summary>A source this far behind (or ahead of a clock that was set back) goes on from now instead of catching up.</summary>
    public const long PatienceMilliseconds = 60_000;

    private const long Always = 0;
    private static readonly long Never = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <returns>Unix milliseconds on the clock.</returns>
    public long Due(long eventTime)
    {
        if (Speed == 0) return Always;
        var due = Wall + Math.Ceiling((eventTime - Event) / Speed);
        return due >= Never ? Never : (long)due;
    }

    public bool IsLate(long now, long eventTime) => Speed > 0 && now - Due(eventTime) > PatienceMilliseconds;

    /// <summary>Goes on at another speed from where event time is now, but no further than the reading that is next.</summary>
    public Pacer At(double speed, long now, long nextTime)
    {
        var reached = Speed == 0 ? nextTime : Math.Min(nextTime, Event + (now - Wall) * Speed);
        return new Pacer(now, (long)reached, speed);
    }
}
