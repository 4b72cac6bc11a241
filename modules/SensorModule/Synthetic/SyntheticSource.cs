using System.Globalization;

namespace EdgeModules.Sensing.Synthetic;

/// <summary>
/// Made-up devices. Position k is reading k / N of device k mod N, at k × interval / N after the start: the devices are spread over the interval.
/// Positions in a drop-out have no reading.
/// </summary>
public sealed class SyntheticSource : IReadingSource
{
    private readonly SyntheticSettings _settings;
    private readonly Faults _faults;
    private readonly long? _epoch;
    private readonly double _stepMilliseconds;
    private readonly ulong _seed;
    private readonly long _end;
    private TimeBase _time;
    private long _position;

    public SyntheticSource(SyntheticSettings settings)
    {
        _settings = settings;
        _faults = new Faults(settings.Faults);
        _epoch = settings.Epoch?.Milliseconds;
        _stepMilliseconds = settings.IntervalSeconds * 1_000 / settings.Devices;
        _seed = CounterHash.Mix((ulong)settings.Seed);
        _end = settings.Readings > 0 ? settings.Readings : long.MaxValue;
        Identity = IdentityOf(settings);
    }

    public string Identity { get; }

    public string SettingsIdentity => Identity;

    public long? Total => _settings.Readings > 0 ? _settings.Readings : null;

    public long? Readings => _settings.Faults.DropOutRate == 0 ? Total : null;

    public bool FollowsClock => _epoch is null;

    public bool Prepare() => true;

    public SourceStart StartAt(long now, double speed)
    {
        var span = Total is { } total ? (total - 1) * _stepMilliseconds : 0;
        var start = _epoch ?? now - TimeShift.Lead(span, speed);
        return new SourceStart(new TimeBase(start, 0), start);
    }

    public void MoveTo(long position, TimeBase time) => (_position, _time) = (position, time);

    public bool TryRead(ReadingBuffer buffer)
    {
        Span<double> values = stackalloc double[Signals.Count];
        for (; _position < _end; _position++)
        {
            var (tick, index) = Math.DivRem(_position, _settings.Devices);
            var device = CounterHash.Of(_seed, 0, index);
            var block = tick / Faults.BlockTicks;
            var fault = _faults.OfBlock(device, block);
            if (fault == BlockFault.DropOut) continue;
            var time = TimeOf(_position);
            if (fault == BlockFault.Stuck) Signals.Compute(device, block * Faults.BlockTicks, TimeOf(block * Faults.BlockTicks * _settings.Devices + index), values);
            else Signals.Compute(device, tick, time, values);
            if (fault == BlockFault.Drift) Faults.Drift(device, tick, values);
            _faults.Disturb(device, tick, values);
            Write(buffer, (int)index, time, values);
            return true;
        }

        return false;
    }

    public void Dispose()
    {
    }

    private long TimeOf(long position) => _time.Milliseconds + (long)Math.Round((position - _time.Position) * _stepMilliseconds);

    private void Write(ReadingBuffer buffer, int device, long time, ReadOnlySpan<double> values)
    {
        buffer.BeginReading();
        var reading = new SyntheticReading(buffer.GetSpan(SyntheticReading.MaxBytes));
        reading.Write(device, device % _settings.Zones, time, values);
        buffer.Advance(reading.Length);
        buffer.EndReading(time, ++_position);
    }

    // Without the pace and the length: changing them goes on with the same data.
    private static string IdentityOf(SyntheticSettings settings)
    {
        var faults = settings.Faults;
        double[] numbers = [settings.IntervalSeconds, faults.SpikeRate, faults.StuckRate, faults.DriftRate, faults.DropOutRate, faults.NanRate];
        return SourceIdentity.Of(
            "synthetic", $"{settings.Devices} {settings.Zones} {settings.Seed}", $"{settings.Epoch?.Milliseconds}",
            string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
    }
}
