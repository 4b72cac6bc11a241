namespace EdgeModules.Hosting;

/// <summary>
/// The one place where event time meets the clock. The clock's skew is the median of arrival − timestamp over the devices heard in the last minute: a device
/// whose own clock is wrong does not move it, and when it is large it is the gateway's clock that is wrong. Age and future are relative to it. Values in,
/// values out; nothing of it needs saving, since a minute of readings makes it anew.
/// </summary>
public sealed class ClockPolicy
{
    /// <summary>Above it, in either direction, the gateway's clock is suspect.</summary>
    public static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(60);

    /// <summary>Devices that are taken into account at a time; further ones are not needed for a median.</summary>
    public const int MostDevices = 4096;

    private const long WindowMilliseconds = 60_000;
    private const long RenewalMilliseconds = 1000;
    private const int FewDevices = 16;
    private const long Never = long.MinValue;

    private readonly Dictionary<string, Lag> _lags = [];
    private long _skew;
    private int _devicesThen;
    private long _computedAt = Never;
    private long _forgottenAt = Never;
    private long[] _typical = [];
    private bool _isStale;

    /// <summary>The last three differences of a device: one odd reading does not speak for it.</summary>
    private sealed class Lag
    {
        private long _first;
        private long _second;
        private long _third;
        private int _count;

        public long HeardAt { get; private set; }

        public long Typical => _count switch
        {
            1 => _third,
            2 => NearerToZero(_second, _third),
            _ => Math.Max(Math.Min(_first, _second), Math.Min(Math.Max(_first, _second), _third)),
        };

        public void Add(long difference, long arrival)
        {
            (_first, _second, _third) = (_second, _third, difference);
            _count = Math.Min(_count + 1, 3);
            HeardAt = arrival;
        }
    }

    /// <summary>To be called for every reading before anything is asked about it.</summary>
    /// <param name="timestamp">Event time, Unix milliseconds.</param>
    /// <param name="arrival">The clock when the reading came.</param>
    public void Observe(string deviceId, long timestamp, DateTimeOffset arrival)
    {
        var now = arrival.ToUnixTimeMilliseconds();
        if (!_lags.TryGetValue(deviceId, out var lag))
        {
            // Each of the many devices that find no room asks: one search a second is enough.
            if (_lags.Count == MostDevices && IsOver(_forgottenAt, now)) Forget(now);
            if (_lags.Count == MostDevices) return;
            _lags[deviceId] = lag = new Lag();
        }

        lag.Add(now - timestamp, now);
        _isStale = true;
    }

    /// <summary>Arrival − timestamp of a usual device: positive when readings come late or the gateway's clock is ahead; zero while no device was heard.</summary>
    public TimeSpan SkewAt(DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        // The median of many costs a sorting: once a second is enough, and sooner only while the devices are just becoming known. After a clock that was set
        // back, nothing computed before it holds.
        if (IsOver(_computedAt, at) || (_isStale && (_lags.Count <= FewDevices || _lags.Count >= 2 * _devicesThen))) Compute(at);
        return TimeSpan.FromMilliseconds(_skew);
    }

    /// <summary>Whether the gateway's clock is wrong by more than <see cref="Suspicious"/>, as far as the devices agree on it.</summary>
    public bool IsSuspect(DateTimeOffset now) => SkewAt(now).Duration() > Suspicious;

    /// <summary>How old a reading is; negative for one from the future.</summary>
    public TimeSpan AgeOf(long timestamp, DateTimeOffset now) => TimeSpan.FromMilliseconds(now.ToUnixTimeMilliseconds() - timestamp) - SkewAt(now);

    /// <summary>Whether a reading is from more than that many seconds ahead.</summary>
    public bool IsFuture(long timestamp, DateTimeOffset now, int maxFutureSeconds) => AgeOf(timestamp, now) < TimeSpan.FromSeconds(-maxFutureSeconds);

    public void Clear()
    {
        _lags.Clear();
        (_skew, _devicesThen, _computedAt, _forgottenAt, _isStale) = (0, 0, Never, Never, false);
    }

    private static bool IsOver(long renewed, long now) => now < renewed || now >= renewed + RenewalMilliseconds;

    private void Compute(long now)
    {
        Forget(now);
        var count = 0;
        if (_typical.Length < _lags.Count) Array.Resize(ref _typical, 2 * _lags.Count);
        foreach (var lag in _lags.Values) _typical[count++] = lag.Typical;
        Array.Sort(_typical, 0, count);
        var middle = count / 2;
        _skew = count switch
        {
            0 => 0,
            _ when count % 2 == 1 => _typical[middle],
            _ => NearerToZero(_typical[middle - 1], _typical[middle]),
        };
        (_devicesThen, _computedAt, _isStale) = (_lags.Count, now, false);
    }

    /// <summary>Those not heard for a minute; and those heard in a future that a clock set back has undone.</summary>
    private void Forget(long now)
    {
        _forgottenAt = now;
        foreach (var (device, lag) in _lags)
        {
            if (now - lag.HeardAt is > WindowMilliseconds or < -WindowMilliseconds) _lags.Remove(device);
        }
    }

    /// <summary>Of two that are equally likely: the clock is right until more devices say otherwise.</summary>
    private static long NearerToZero(long one, long other) => Math.Abs(one) <= Math.Abs(other) ? one : other;
}
