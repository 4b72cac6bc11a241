using System.Globalization;
using EdgeModules.Sensing.Faults;

namespace EdgeModules.Sensing.Synthetic;

/// <summary>
/// Made-up devices. Slot k is reading k / N of device k mod N, at k × interval / N after the start: the devices are spread over the interval. A slot takes
/// as many positions as readings may leave in it (<see cref="FaultPlan.Parts"/>); some have none.
/// </summary>
public sealed class SyntheticSource : IReadingSource
{
    private readonly SyntheticSettings _settings;
    private readonly FaultPlan _plan;
    private readonly Signals _signals;
    private readonly long? _epoch;
    private readonly double _stepMilliseconds;
    private readonly ulong _seed;
    private readonly long _end;

    // Number of a device → the line of each signal, null for none.
    private readonly Dictionary<int, CalibrationLine?[]> _calibration = [];
    private TimeBase _time;
    private long _position;

    public SyntheticSource(SyntheticSettings settings, IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>>? calibration = null)
    {
        foreach (var (device, metrics) in calibration ?? Calibration.None)
        {
            if (IndexOf(device) is { } index) _calibration[index] = [.. Signals.Names.Select(metrics.GetValueOrDefault)];
        }

        _settings = settings;
        _plan = new FaultPlan(settings.Faults);
        _signals = new Signals(settings.CycleSeconds, settings.Amplitude, settings.Noise);
        _epoch = settings.Epoch?.Milliseconds;
        _stepMilliseconds = settings.IntervalSeconds * 1_000 / settings.Devices;
        _seed = CounterHash.Mix((ulong)settings.Seed);
        _end = settings.Readings > 0 ? settings.Readings * _plan.Parts : long.MaxValue;
        Identity = IdentityOf(settings);
    }

    public string Identity { get; }

    public string SettingsIdentity => Identity;

    public long? Readings => _settings.Readings > 0 && !_settings.Faults.ChangesCount ? _settings.Readings : null;

    public bool FollowsClock => _epoch is null;

    public bool Prepare() => true;

    public SourceStart StartAt(long now, double speed)
    {
        var span = _settings.Readings > 0 ? (_settings.Readings - 1) * _stepMilliseconds : 0;
        var start = _epoch ?? now - TimeShift.Lead(span, speed);
        return new SourceStart(new TimeBase(start, 0), start);
    }

    public void MoveTo(long position, TimeBase time) => (_position, _time) = (position, time);

    public bool TryRead(ReadingBuffer buffer)
    {
        while (_position < _end)
        {
            var (slot, part) = Math.DivRem(_position, _plan.Parts);
            var (tick, index) = Math.DivRem(slot, _settings.Devices);
            var device = new Device((int)index, CounterHash.Of(_seed, 0, index));
            if (_plan.OfBlock(device.Key, tick / FaultPlan.BlockReadings) == FaultKind.DropOut)
            {
                buffer.Tell(new InjectedFault(FaultKind.DropOut, NameOf(device), null, TimeOf(device, FirstOfBlock(device, tick)), TimeOf(device, tick), tick));
                _position += _plan.Parts - part;
                continue;
            }

            _position++;
            if (_plan.SentAt(device.Key, tick, (int)part, ReadingsOf(device)) is not { } reading) continue;
            Write(buffer, device, reading, tick, isCopy: part == FaultPlan.CopyPart);
            return true;
        }

        return false;
    }

    public void Dispose()
    {
    }

    private readonly record struct Device(int Index, ulong Key);

    /// <param name="tick">Number of the reading to write.</param>
    /// <param name="now">Number of the reading in whose slot it leaves.</param>
    private void Write(ReadingBuffer buffer, Device device, long tick, long now, bool isCopy)
    {
        Span<double> values = stackalloc double[Signals.Count];
        var block = _plan.OfBlock(device.Key, tick / FaultPlan.BlockReadings);
        var single = _plan.OfReading(device.Key, tick);
        var shown = block == FaultKind.Stuck ? tick - tick % FaultPlan.BlockReadings : tick;
        _signals.Compute(device.Key, shown, TimeOf(device, shown), values);
        var skew = block == FaultKind.ClockSkew ? _plan.SkewOf(device.Key, tick / FaultPlan.BlockReadings) : 0;
        var timestamp = EventTime.Clamp(TimeOf(device, tick) + skew);

        if (isCopy) Tell(FaultKind.Duplicate);
        else if (now != tick) Tell(FaultKind.OutOfOrder, amount: now - tick);
        if (block == FaultKind.Drift) Add(values, FaultPlan.DriftingMetric(device.Key, tick / FaultPlan.BlockReadings, Signals.Count), isDrift: true);
        else if (block is { } whole) Tell(whole, amount: whole == FaultKind.ClockSkew ? skew : null);
        var hit = FaultPlan.HitMetric(device.Key, tick, Signals.Count);
        if (single == FaultKind.Spike)
        {
            Add(values, hit, isDrift: false);
        }
        else if (single == FaultKind.Nan)
        {
            values[hit] = double.NaN;
            Tell(FaultKind.Nan, hit);
        }

        if (_calibration.TryGetValue(device.Index, out var lines))
        {
            for (var metric = 0; metric < values.Length; metric++) values[metric] = lines[metric]?.Apply(values[metric]) ?? values[metric];
        }

        buffer.BeginReading();
        var reading = new SyntheticReading(buffer.GetSpan(SyntheticReading.MaxBytes));
        reading.Write(device.Index, device.Index % _settings.Zones, timestamp, values);
        buffer.Advance(reading.Length);
        buffer.EndReading(TimeOf(device, now), _position);

        void Add(Span<double> values, int metric, bool isDrift)
        {
            var size = Signals.All[metric].Fault;
            var amount = isDrift ? FaultPlan.DriftOf(device.Key, tick, size) : FaultPlan.SpikeOf(device.Key, tick, size);
            values[metric] += amount;
            Tell(isDrift ? FaultKind.Drift : FaultKind.Spike, metric, amount);
        }

        void Tell(FaultKind kind, int? metric = null, double? amount = null)
        {
            // Of a copy, what else it has is told with its original.
            if (isCopy && kind != FaultKind.Duplicate) return;
            var isOfBlock = kind is FaultKind.Stuck or FaultKind.Drift or FaultKind.ClockSkew;
            var from = isOfBlock ? EventTime.Clamp(TimeOf(device, FirstOfBlock(device, tick)) + skew) : timestamp;
            buffer.Tell(new InjectedFault(kind, NameOf(device), metric is { } hitMetric ? Signals.Names[hitMetric] : null, from, timestamp, tick, amount));
        }
    }

    private static string NameOf(Device device) => NameOf(device.Index);

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"sensor-{index + 1:D5}");

    /// <returns>Null for an id that no device of this source has.</returns>
    private static int? IndexOf(string deviceId) =>
        deviceId.StartsWith("sensor-", StringComparison.Ordinal) && int.TryParse(deviceId["sensor-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0 && NameOf(number - 1) == deviceId ? number - 1 : null;

    private long TimeOf(Device device, long tick) =>
        _time.Milliseconds + (long)Math.Round((tick * _settings.Devices + device.Index - _time.Position / _plan.Parts) * _stepMilliseconds);

    /// <summary>The first reading of the block since the times were set: what was sent before that may have had any time.</summary>
    private long FirstOfBlock(Device device, long tick)
    {
        var firstTimed = (_time.Position / _plan.Parts - device.Index + _settings.Devices - 1) / _settings.Devices;
        return Math.Max(Math.Min(firstTimed, tick), tick - tick % FaultPlan.BlockReadings);
    }

    private long ReadingsOf(Device device) =>
        _settings.Readings > 0 ? (_settings.Readings - device.Index + _settings.Devices - 1) / _settings.Devices : long.MaxValue;

    // Without the pace, and without the length, which only decides whether the last readings can be held back: changing them goes on with the same data.
    private static string IdentityOf(SyntheticSettings settings)
    {
        double[] numbers = [settings.IntervalSeconds, settings.CycleSeconds, settings.Amplitude, settings.Noise];
        return SourceIdentity.Of(
            $"synthetic {Signals.Version}", $"{settings.Devices} {settings.Zones} {settings.Seed}", $"{settings.Epoch?.Milliseconds}",
            string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))), settings.Faults.Identity,
            settings.Faults.OutOfOrderRate > 0 ? $"{settings.Readings}" : "");
    }
}
