namespace EdgeModules.Sensing;

/// <summary>
/// How far timestamps must lie back at the start so that none lies in the future when it is sent.
/// <para>
/// A reading with time <c>t</c> of data that starts at <c>first</c> is sent at <c>now + (t − first) / speed</c>. It must not be earlier than the shifted
/// <c>t + shift</c>, hence <c>shift ≤ now − first − (t − first) × (1 − 1/speed)</c> for every t. Above speed 1 the last reading decides, at speed 0
/// ("at once") with 1/speed = 0, and up to speed 1 the first.
/// </para>
/// </summary>
public static class TimeShift
{
    /// <summary>Shifts are multiples of 5 minutes, so that the windows of a run cut the data at the same places as those of another.</summary>
    public const long StepMilliseconds = 300_000;

    /// <param name="first">Time of the first reading, in Unix milliseconds, as all of these.</param>
    /// <param name="last">The greatest time of all readings.</param>
    /// <param name="epoch">When given, the first reading comes as near to it as it can without passing it, whatever the speed.</param>
    public static long Of(long first, long last, double speed, long now, long? epoch) =>
        Floor((epoch ?? now - Lead(last - first, speed)) - first);

    /// <returns>How far event time outruns the clock while <paramref name="span"/> milliseconds of data go out.</returns>
    public static long Lead(double span, double speed) => span <= 0 ? 0 : speed switch
    {
        0 => (long)Math.Ceiling(span),
        > 1 => (long)Math.Ceiling(span * (1 - 1 / speed)),
        _ => 0,
    };

    private static long Floor(long milliseconds) => milliseconds - (milliseconds % StepMilliseconds + StepMilliseconds) % StepMilliseconds;
}
