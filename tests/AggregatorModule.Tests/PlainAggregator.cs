namespace EdgeModules.Aggregation.Tests;

/// <summary>The rules in the plainest way: every reading is kept, and nothing is computed before the end. It knows nothing of saving and sending.</summary>
internal sealed class PlainAggregator(AggregatorSettings settings)
{
    private const long ResetBehind = 60_000;

    private readonly Dictionary<string, PlainDevice> _devices = [];
    private readonly long _future = settings.MaxFutureSeconds * 1000L;
    private long _generations;

    public int Received { get; private set; }

    public int Folded { get; private set; }

    public int Late { get; private set; }

    public int Duplicates { get; private set; }

    public int Future { get; private set; }

    public int ClockResets { get; private set; }

    public int Held => _devices.Values.Sum(device => device.Held.Count);

    public Dictionary<PlainKey, SortedDictionary<long, PlainReading>> Windows { get; } = [];

    /// <summary>A message of readings.</summary>
    /// <param name="now">When it came, Unix milliseconds.</param>
    public void Take(long now, IEnumerable<PlainReading> readings)
    {
        foreach (var reading in readings) Add(now, reading);
        PassTime(now);
    }

    /// <summary>Devices that have gone quiet have their windows closed.</summary>
    public void PassTime(long now)
    {
        foreach (var device in _devices.Values.Where(device => device.Arrived + settings.IdleSeconds * 1000L <= now))
        {
            Believe(device);
            Close(device, _ => true);
        }
    }

    private void Add(long now, PlainReading reading)
    {
        Received++;
        if (!_devices.TryGetValue(reading.Device, out var device)) _devices.Add(reading.Device, device = new PlainDevice { Arrived = now });
        var silence = now - device.Arrived;
        device.Arrived = now;
        var ahead = reading.Timestamp - Math.Max(device.Newest ?? reading.Timestamp, device.ClosedThrough);
        if (ahead > _future && ahead - silence > _future)
        {
            AddAhead(device, reading);
            return;
        }

        Refute(device);
        Fold(device, reading);
    }

    private void AddAhead(PlainDevice device, PlainReading reading)
    {
        if (device.Held.Count > 0 && reading.Timestamp == device.Held[^1].Timestamp)
        {
            Duplicates++;
            return;
        }

        if (device.Held.Count > 0 && reading.Timestamp < device.Held[^1].Timestamp) Refute(device);
        device.Held.Add(reading);
        if (device.Held.Count < 3) return;
        ClockResets++;
        Believe(device);
    }

    private void Refute(PlainDevice device)
    {
        Future += device.Held.Count;
        device.Held.Clear();
    }

    private void Believe(PlainDevice device)
    {
        var held = device.Held.ToList();
        device.Held.Clear();
        held.ForEach(reading => Fold(device, reading));
    }

    private void Fold(PlainDevice device, PlainReading reading)
    {
        var timestamp = reading.Timestamp;
        var start = timestamp - timestamp % settings.WindowLength;
        var end = start + settings.WindowLength;
        var isOpen = device.Open.Contains(start);
        if (!isOpen && (timestamp < device.ClosedThrough || end <= device.Newest - settings.Lateness))
        {
            FoldLate(device, reading, start);
            return;
        }

        if (!Put(device, reading, start)) return;
        device.Open.Add(start);
        if (timestamp > device.Newest) device.Behind = 0;
        device.Newest = Math.Max(device.Newest ?? timestamp, timestamp);
        Close(device, open => open + settings.WindowLength <= device.Newest - settings.Lateness);
    }

    private void FoldLate(PlainDevice device, PlainReading reading, long start)
    {
        if (settings.Revises && start + settings.WindowLength > device.Newest - settings.Lateness - settings.ReviseSeconds * 1000L)
        {
            Put(device, reading, start);
            return;
        }

        if (device.Newest - reading.Timestamp <= ResetBehind) device.Behind = 0;
        else device.Behind = device.Behind > 0 && reading.Timestamp <= device.LastBehind ? 1 : device.Behind + 1;
        device.LastBehind = reading.Timestamp;
        if (device.Behind < 3)
        {
            Late++;
            return;
        }

        ClockResets++;
        Close(device, _ => true);
        (device.Generation, device.Newest, device.ClosedThrough, device.Behind) = (++_generations, null, 0, 0);
        Fold(device, reading);
    }

    /// <returns>False when it is there.</returns>
    private bool Put(PlainDevice device, PlainReading reading, long start)
    {
        var key = new PlainKey(reading.Device, start, device.Generation);
        if (!Windows.TryGetValue(key, out var window)) Windows.Add(key, window = []);
        if (window.TryAdd(reading.Timestamp, reading))
        {
            Folded++;
            return true;
        }

        Duplicates++;
        return false;
    }

    private void Close(PlainDevice device, Func<long, bool> isDue)
    {
        foreach (var start in device.Open.Where(isDue).ToList())
        {
            device.Open.Remove(start);
            device.ClosedThrough = Math.Max(device.ClosedThrough, start + settings.WindowLength);
        }
    }

    private sealed class PlainDevice
    {
        public long Generation { get; set; }

        public long? Newest { get; set; }

        public long Arrived { get; set; }

        public long ClosedThrough { get; set; }

        public int Behind { get; set; }

        public long LastBehind { get; set; }

        /// <summary>Starts.</summary>
        public SortedSet<long> Open { get; } = [];

        public List<PlainReading> Held { get; } = [];
    }
}

/// <param name="Generation">0, or how often devices had begun anew when this one did.</param>
internal sealed record PlainKey(string Device, long Start, long Generation)
{
    public override string ToString() => $"{Device} at {(Start - AggregatorRig.T0) / 1000.0} s{(Generation == 0 ? "" : $", generation {Generation}")}";
}

internal sealed record PlainReading(string Device, long Timestamp, params (string Metric, decimal Value)[] Values)
{
    public override string ToString() => $"{Device}@{(Timestamp - AggregatorRig.T0) / 1000.0}";
}
