using System.Globalization;
using System.Text;
using EdgeModules.Sensing.Faults;

namespace EdgeModules.Sensing.Replay;

/// <summary>
/// What leaves instead of the rows of a file. Which faults a row has follows from the seed, its device, its round and its number; what a device was stuck at
/// and what it held back is known because a round is always read from its start.
/// </summary>
internal sealed class FaultyRows(FaultPlan plan, long seed, FileSummary summary)
{
    /// <summary>A spike is once to twice so many standard deviations of its metric; a drift ends at so many.</summary>
    public const double FaultDeviations = 5;

    private readonly Dictionary<string, Device> _devices = [];
    private readonly Queue<SentRow> _sent = new();
    private long _round;

    /// <summary>The row that the source is at is not sent, because its device is silent.</summary>
    public InjectedFault? Silent { get; private set; }

    /// <summary>Forgets the devices: a round begins from the first row.</summary>
    public void StartRound(long round)
    {
        _round = round;
        _devices.Clear();
    }

    /// <summary>Goes on by the row that <paramref name="row"/> stands at.</summary>
    /// <param name="time">Its time as it would be sent, in Unix milliseconds.</param>
    public void MoveTo(CsvReadings row, long time)
    {
        _sent.Clear();
        Silent = null;
        if (!_devices.TryGetValue(row.DeviceId, out var device)) _devices.Add(row.DeviceId, device = NewDevice(row.DeviceId));
        var reading = row.Occurrence - 1;
        if (reading % FaultPlan.BlockReadings == 0) device.BeginBlock(plan.OfBlock(device.Key, reading / FaultPlan.BlockReadings), row, time);
        if (device.Block == FaultKind.DropOut)
        {
            Silent = new InjectedFault(FaultKind.DropOut, row.DeviceId, null, device.BlockStart, time, reading);
            return;
        }

        var own = Disturbed(row, device, reading, time);
        var delay = plan.DelayOf(device.Key, reading, device.Readings);
        if (delay == 0)
        {
            _sent.Enqueue(own);
        }
        else
        {
            var told = new InjectedFault(FaultKind.OutOfOrder, row.DeviceId, null, own.Timestamp, own.Timestamp, reading, delay);
            // The row's own cells are gone by then.
            var cells = own.Cells ?? row.CopyCells();
            device.HeldBack.Add((reading + delay, own with { Part = FaultPlan.PartOfDelay(delay), Cells = cells, Faults = [told, .. own.Faults] }));
        }

        if (plan.OfReading(device.Key, reading) == FaultKind.Duplicate)
        {
            var told = new InjectedFault(FaultKind.Duplicate, row.DeviceId, null, own.Timestamp, own.Timestamp, reading);
            _sent.Enqueue(own with { Part = FaultPlan.CopyPart, Faults = [told] });
        }

        foreach (var (_, held) in device.HeldBack.Where(held => held.At == reading).OrderBy(held => held.Row.Part)) _sent.Enqueue(held);
        device.HeldBack.RemoveAll(held => held.At == reading);
    }

    /// <summary>Takes what leaves at the row, in the order of its parts.</summary>
    public bool TryTake(out SentRow sent) => _sent.TryDequeue(out sent!);

    /// <summary>What leaves at the row was sent before.</summary>
    public void Skip() => _sent.Clear();

    private SentRow Disturbed(CsvReadings row, Device device, long reading, long time)
    {
        var block = reading / FaultPlan.BlockReadings;
        var skew = device.Block == FaultKind.ClockSkew ? plan.SkewOf(device.Key, block) : 0;
        var timestamp = EventTime.Clamp(time + skew);
        var faults = new List<InjectedFault>();
        var cells = device.StuckAt is null ? null : (byte[]?[])device.StuckAt.Clone();
        if (device.Block is FaultKind.Stuck or FaultKind.ClockSkew) Tell(device.Block.Value, null, device.Block == FaultKind.ClockSkew ? skew : null);
        if (device.Block == FaultKind.Drift && device.Drifting is { } drifting) Add(drifting, isDrift: true);
        switch (plan.OfReading(device.Key, reading))
        {
            case FaultKind.Spike when PresentMetric(cells ??= row.CopyCells(), FaultPlan.HitMetric(device.Key, reading, cells.Length)) is { } hit:
                Add(hit, isDrift: false);
                break;
            case FaultKind.Nan when PresentMetric(cells ??= row.CopyCells(), FaultPlan.HitMetric(device.Key, reading, cells.Length)) is { } hit:
                cells[hit] = "NaN"u8.ToArray();
                Tell(FaultKind.Nan, hit, null);
                break;
        }

        return new SentRow(0, row.Zone, timestamp, cells, faults);

        void Add(int metric, bool isDrift)
        {
            cells ??= row.CopyCells();
            var size = FaultDeviations * summary.Spreads[metric];
            var added = isDrift ? FaultPlan.DriftOf(device.Key, reading, size) : FaultPlan.SpikeOf(device.Key, reading, size);
            if (ValueOf(cells[metric]) is not { } value || !double.IsFinite(value + added)) return;
            cells[metric] = TextOf(value + added, size);
            Tell(isDrift ? FaultKind.Drift : FaultKind.Spike, metric, added);
        }

        void Tell(FaultKind kind, int? metric, double? amount)
        {
            var isOfBlock = kind is FaultKind.Stuck or FaultKind.Drift or FaultKind.ClockSkew;
            var from = isOfBlock ? EventTime.Clamp(device.BlockStart + skew) : timestamp;
            faults.Add(new InjectedFault(kind, row.DeviceId, metric is { } at ? row.Metrics[at].Name.Value : null, from, timestamp, reading, amount));
        }
    }

    private Device NewDevice(string deviceId)
    {
        // FNV-1a: the same on every machine, which string's own hash is not.
        var hash = 0xCBF29CE484222325;
        foreach (var octet in Encoding.UTF8.GetBytes(deviceId)) hash = (hash ^ octet) * 0x100000001B3;
        return new Device(CounterHash.Of(CounterHash.Mix((ulong)seed) ^ CounterHash.Mix(hash), 0, _round), summary.ReadingsOfDevice[deviceId]);
    }

    /// <returns>The metric, or the next one that has a finite number; null when none has.</returns>
    private static int? PresentMetric(byte[]?[] cells, int metric)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var at = (metric + i) % cells.Length;
            if (ValueOf(cells[at]) is not null) return at;
        }

        return null;
    }

    private static double? ValueOf(byte[]? cell) =>
        cell is not null && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>Two significant digits more than the size has, so that a fault of any size shows and the number stays readable.</summary>
    private static byte[] TextOf(double value, double size)
    {
        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(size)), 2, 15);
        return Encoding.UTF8.GetBytes(Math.Round(value, decimals).ToString("R", CultureInfo.InvariantCulture));
    }

    private sealed class Device(ulong key, long readings)
    {
        public ulong Key => key;

        public long Readings => readings;

        public FaultKind? Block { get; private set; }

        /// <summary>Time of the block's first reading.</summary>
        public long BlockStart { get; private set; }

        public byte[]?[]? StuckAt { get; private set; }

        public int? Drifting { get; private set; }

        public List<(long At, SentRow Row)> HeldBack { get; } = [];

        public void BeginBlock(FaultKind? block, CsvReadings row, long time)
        {
            (Block, BlockStart) = (block, time);
            StuckAt = block == FaultKind.Stuck ? row.CopyCells() : null;
            Drifting = block == FaultKind.Drift
                ? PresentMetric(row.CopyCells(), FaultPlan.DriftingMetric(key, (row.Occurrence - 1) / FaultPlan.BlockReadings, row.Metrics.Count))
                : null;
        }
    }
}

/// <summary>A reading that leaves, whole or disturbed.</summary>
/// <param name="Part">See <see cref="FaultPlan.SentAt"/>.</param>
/// <param name="Timestamp">As it is sent, in Unix milliseconds.</param>
/// <param name="Cells">The metrics' cells; null for those of the row that the source is at.</param>
internal sealed record SentRow(int Part, string? Zone, long Timestamp, byte[]?[]? Cells, IReadOnlyList<InjectedFault> Faults);
