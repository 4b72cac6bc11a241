namespace EdgeModules.Aggregation.Tests;

/// <summary>The rules in the plainest way: every reading is kept, and nothing is computed before the end.</summary>
internal sealed class PlainAggregator(AggregatorSettings settings)
{
    private readonly Dictionary<string, PlainDevice> _devices = [];

    public int Late { get; private set; }

    public int Duplicates { get; private set; }

    /// <summary>Device and start → timestamp → value.</summary>
    public Dictionary<(string Device, long Start), SortedDictionary<long, double>> Windows { get; } = [];

    public void Add(string device, long timestamp, double value)
    {
        if (!_devices.TryGetValue(device, out var state)) _devices.Add(device, state = new PlainDevice());
        var start = timestamp - timestamp % settings.WindowLength;
        var end = start + settings.WindowLength;
        var window = Windows.GetValueOrDefault((device, start));
        if (end <= state.Newest - settings.Lateness)
        {
            var isRemembered = settings.Revises && end > state.Newest - settings.Lateness - settings.ReviseSeconds * 1000L;
            if (!isRemembered)
            {
                Late++;
                return;
            }
        }

        if (window is null) Windows.Add((device, start), window = []);
        if (!window.TryAdd(timestamp, value)) Duplicates++;
        else state.Newest = Math.Max(state.Newest, timestamp);
    }

    private sealed class PlainDevice
    {
        public long Newest { get; set; } = long.MinValue / 2;
    }
}
