using System.Collections.Frozen;
using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Aggregation.Tests;

/// <summary>A module with its journal: what it sends is kept, and <see cref="Kill"/> goes on from the journal alone.</summary>
internal sealed class AggregatorRig(AggregatorSettings? settings = null)
{
    /// <summary>On the grid of any window that divides a day.</summary>
    public static readonly long T0 = new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly MessageCodec _codec = new();
    private List<byte[]> _journal = [];
    private AggregatorModule _module = new(new WindowAggregator());
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(T0);

    public AggregatorSettings Settings { get; set; } = settings ?? new() { LingerSeconds = 0 };

    public Ledger Ledger { get; } = new();

    /// <summary>Unix milliseconds.</summary>
    public long Now => _now.ToUnixTimeMilliseconds();

    public List<OutboundMessage> Messages { get; } = [];

    public long JournalBytes => _journal.Sum(change => (long)change.Length);

    public long Open => Gauge("open");

    public long Held => _module.Held;

    public IEnumerable<JObject> Items(string output) =>
        Messages.Where(message => message.Output == output).SelectMany(message => (JArray)JsonText.Parse(Encoding.UTF8.GetString(message.Body.Span))).Cast<JObject>();

    /// <summary>One message of readings; seconds are since <see cref="T0"/>.</summary>
    public void Send(params (string Device, double Seconds, double Value)[] readings) =>
        Send(null, readings);

    public void Send(string? zone, params (string Device, double Seconds, double Value)[] readings) =>
        SendJson(new JArray(readings.Select(reading => Reading(reading.Device, zone, T0 + (long)Math.Round(reading.Seconds * 1000), reading.Value))).ToString(Formatting.None));

    public void SendJson(string json) => Keep(_module.OnReadings(_codec.Decode(Encoding.UTF8.GetBytes(json), FrozenSet<string>.Empty), Context()));

    /// <summary>Moves the clock, with all ticks on the way.</summary>
    public void Advance(double seconds)
    {
        var until = _now.AddSeconds(seconds);
        while (_module.NextTick(Context()) is { } due && due <= until)
        {
            if (due > _now) _now = due;
            Keep(_module.OnTick(Context()));
        }

        _now = until;
    }

    /// <summary>The clock is set, without ticks.</summary>
    public void SetClock(double seconds) => _now = DateTimeOffset.FromUnixTimeMilliseconds(T0).AddSeconds(seconds);

    /// <summary>The next life has what was saved.</summary>
    public void Kill()
    {
        _module = new AggregatorModule(new WindowAggregator());
        foreach (var change in _journal) _module.ApplyChange(change);
        _module.OnSettings(Context());
    }

    /// <summary>The journal becomes a snapshot; the life goes on.</summary>
    public void Compact() => _journal = [.. _module.Snapshot().Select(part => part.ToArray())];

    public void Reset()
    {
        _module.Reset();
        Compact();
    }

    public static JObject Reading(string device, string? zone, long timestamp, double value)
    {
        var reading = new JObject { ["deviceId"] = device, ["timestamp"] = timestamp, ["t"] = value };
        if (zone is not null) reading["zone"] = zone;
        return reading;
    }

    private long Gauge(string name) => _module.Gauges.Single(gauge => gauge.Key == name).Value;

    private ModuleContext<AggregatorSettings> Context() => new(_now, Settings, Ledger);

    private void Keep(ModuleResult result)
    {
        if (!result.StateChange.IsEmpty) _journal.Add(result.StateChange.ToArray());
        Messages.AddRange(result.Outputs.Select(output => output with { Body = output.Body.ToArray() }));
    }
}
