using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>Summaries as JSON, in arrays as large as a message may be. Reuses its memory.</summary>
public sealed class SummaryWriter
{
    /// <summary>For the fields of a zone's item, its totals and some punctuation.</summary>
    private const int PartReserve = 16;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Batch _aggregates = new("aggregates", "aggregate");
    private readonly Batch _zones = new("zones", "zone-summary");
    private readonly ArrayBufferWriter<byte> _item = new();
    private readonly ArrayBufferWriter<byte> _detail = new();

    public void Clear()
    {
        _aggregates.Clear();
        _zones.Clear();
    }

    /// <summary>Hold until <see cref="Clear"/>.</summary>
    public IEnumerable<OutboundMessage> Finish() => _aggregates.Finish().Concat(_zones.Finish());

    internal void Add(DeviceWindow window, AggregatorSettings settings)
    {
        _item.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_item, Options);
        json.WriteStartObject();
        json.WriteString("deviceId", window.Owner);
        if (window.Zone is not null) json.WriteString("zone", window.Zone);
        WriteSpan(json, window);
        json.WriteNumber("readingCount", window.Contents.Readings);
        WriteMetrics(json, window.Contents, settings.Statistics, withOrder: true);
        WriteMarks(json, window, window.Id);
        json.WriteEndObject();
        json.Flush();
        _aggregates.Add(_item.WrittenSpan, window.Id);
    }

    /// <summary>As one item, or as several when its devices do not fit into one.</summary>
    internal void Add(ZoneWindow window, AggregatorSettings settings)
    {
        var total = new WindowContents(settings.SketchError);
        foreach (var device in window.Devices.Values) total.Merge(device);
        var limit = MessageLimits.EmittedItem - WriteZone(window, total, [], null, settings).Length - PartReserve - 40;
        var parts = new List<List<byte[]>> { new() };
        var size = 0;
        foreach (var (deviceId, contents) in settings.ZoneDevices ? window.Devices : [])
        {
            var detail = WriteDetail(deviceId, contents, settings.Statistics);
            // What does not even fit alone is left out; its readings are in the totals.
            if (detail.Length > limit) continue;
            if (size + detail.Length > limit)
            {
                parts.Add([]);
                size = 0;
            }

            parts[^1].Add(detail);
            size += detail.Length + 1;
        }

        for (var i = 0; i < parts.Count; i++)
        {
            (int, int)? part = parts.Count == 1 ? null : (i + 1, parts.Count);
            _zones.Add(WriteZone(window, total, parts[i], part, settings), part is null ? window.Id : $"{window.Id}/p{i + 1}");
        }
    }

    private ReadOnlySpan<byte> WriteZone(ZoneWindow window, WindowContents total, List<byte[]> details, (int Number, int Of)? part, AggregatorSettings settings)
    {
        _item.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_item, Options);
        json.WriteStartObject();
        json.WriteString("zone", window.Owner);
        WriteSpan(json, window);
        json.WriteNumber("deviceCount", window.Devices.Count);
        json.WriteNumber("readingCount", total.Readings);
        WriteMetrics(json, total, settings.Statistics, withOrder: false);
        if (details.Count > 0)
        {
            json.WriteStartObject("devices");
            json.Flush();
            for (var i = 0; i < details.Count; i++)
            {
                if (i > 0) _item.Write(","u8);
                _item.Write(details[i]);
            }

            json.WriteEndObject();
        }

        WriteMarks(json, window, part is { } of ? $"{window.Id}/p{of.Number}" : window.Id);
        if (part is { } numbers)
        {
            json.WriteNumber("part", numbers.Number);
            json.WriteNumber("parts", numbers.Of);
        }

        json.WriteEndObject();
        json.Flush();
        return _item.WrittenSpan;
    }

    /// <returns>A member of the object of devices.</returns>
    private byte[] WriteDetail(string deviceId, WindowContents contents, StatisticsSettings statistics)
    {
        _detail.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_detail, Options);
        json.WriteStartObject();
        json.WriteStartObject(deviceId);
        json.WriteNumber("readingCount", contents.Readings);
        WriteMetrics(json, contents, statistics, withOrder: false);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return _detail.WrittenSpan[1..^1].ToArray();
    }

    private static void WriteSpan(Utf8JsonWriter json, Window window)
    {
        json.WriteNumber("windowStart", window.Start);
        json.WriteNumber("windowEnd", window.End);
    }

    private static void WriteMarks(Utf8JsonWriter json, Window window, string id)
    {
        json.WriteString("summaryId", id);
        json.WriteNumber("revision", window.Revision);
        if (window.IsPartial) json.WriteBoolean("partial", true);
    }

    private static void WriteMetrics(Utf8JsonWriter json, WindowContents contents, StatisticsSettings statistics, bool withOrder)
    {
        foreach (ref readonly var metric in contents.Metrics)
        {
            json.WriteStartObject(metric.Name);
            json.WriteNumber("min", metric.Min);
            json.WriteNumber("max", metric.Max);
            // An average cannot lie outside; the last bit of a rounding can.
            WriteFinite(json, "avg", Math.Clamp(metric.Mean, metric.Min, metric.Max));
            json.WriteNumber("count", metric.Count);
            if (statistics.Stddev) WriteFinite(json, "stddev", metric.StandardDeviation);
            if (statistics.First && withOrder) json.WriteNumber("first", metric.First);
            if (statistics.Last && withOrder) json.WriteNumber("last", metric.Last);
            if (statistics.P50) WriteQuantile(json, "p50", metric, 0.50);
            if (statistics.P95) WriteQuantile(json, "p95", metric, 0.95);
            if (statistics.P99) WriteQuantile(json, "p99", metric, 0.99);
            json.WriteEndObject();
        }
    }

    /// <summary>Absent where the window was begun before the settings asked for it, or has values that it does not know.</summary>
    private static void WriteQuantile(Utf8JsonWriter json, string name, in MetricSummary metric, double quantile)
    {
        if (metric.Sketch is { } sketch && sketch.Count == metric.Count) WriteFinite(json, name, Math.Clamp(sketch.Quantile(quantile), metric.Min, metric.Max));
    }

    private static void WriteFinite(Utf8JsonWriter json, string name, double value)
    {
        // The squares of values near the largest double overflow.
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>The messages of one output.</summary>
    private sealed class Batch(string output, string messageType)
    {
        private readonly JsonArrayWriter _arrays = new();
        private readonly List<string> _ids = [];

        public void Clear()
        {
            _arrays.Clear();
            _ids.Clear();
        }

        public void Add(ReadOnlySpan<byte> item, string id)
        {
            _arrays.Add(item);
            _ids.Add(id);
        }

        public IEnumerable<OutboundMessage> Finish()
        {
            var first = 0;
            foreach (var (body, count) in _arrays.Finish())
            {
                yield return new OutboundMessage { Output = output, Body = body, Count = count, MessageType = messageType, MessageId = IdOf(_ids[first..(first + count)]) };
                first += count;
            }
        }

        /// <summary>That of the summary when it travels alone; else one that follows from those of all.</summary>
        private string IdOf(List<string> ids) =>
            ids is [{ Length: <= 128 } single] ? single : $"{output}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids))).AsSpan(0, 16))}/{ids.Count}";
    }
}
