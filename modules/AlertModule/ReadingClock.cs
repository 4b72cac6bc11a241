using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting;

namespace EdgeModules.Alerting;

/// <summary>How timestamps of one message stand to the clock: asked once a message, as the skew is that of all devices.</summary>
internal readonly record struct ReadingClock
{
    private readonly bool _isUsed;
    private readonly bool _isSuspect;
    private readonly long _oldest;
    private readonly long _newest;

    private ReadingClock(bool isSuspect, long oldest, long newest) => (_isUsed, _isSuspect, _oldest, _newest) = (true, isSuspect, oldest, newest);

    public static ReadingClock At(DateTimeOffset now, ClockPolicy policy, AlertSettings settings)
    {
        // Event time runs faster than the clock, or not with it at all: the two have nothing to say to each other.
        if (settings.MaxAgeSeconds == 0) return default;
        var present = (now - policy.SkewAt(now)).ToUnixTimeMilliseconds();
        return new ReadingClock(policy.IsSuspect(now), present - settings.MaxAgeSeconds * 1000L, present + settings.MaxFutureSeconds * 1000L);
    }

    /// <param name="timestamp">Event time, Unix milliseconds.</param>
    public ReadingAge AgeOf(long timestamp) => _isUsed ? new ReadingAge(timestamp < _oldest, timestamp > _newest, _isSuspect) : default;
}
