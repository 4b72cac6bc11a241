using BenchmarkDotNet.Attributes;
using EdgeModules.Aggregation;
using EdgeModules.Hosting;
using EdgeModules.Messages;

namespace EdgeModules.Benchmarks;

/// <summary>What the AggregatorModule does to a reading between receipt and save, with windows closing as in life. One operation is one reading.</summary>
[MemoryDiagnoser]
public class AggregatorBenchmark
{
    private const int Seconds = 8;

    private static readonly AggregatorSettings Settings = new();

    private readonly MessageCodec _codec = new();
    private readonly Ledger _ledger = new();
    private readonly AggregatorModule _module = new(new WindowAggregator());
    private byte[][] _bodies = [];
    private int[][] _timestamps = [];
    private long _elapsed;

    [Params(100, 1000)]
    public int ReadingsPerMessage { get; set; }

    /// <summary>Bytes of state changes per reading, which go into the journal.</summary>
    private (long Bytes, long Readings) _changes;

    [GlobalSetup]
    public void Setup()
    {
        _bodies = ReadingBodies.Make(ReadingsPerMessage, Seconds);
        _timestamps = [.. _bodies.Select(ReadingBodies.TimestampOffsets)];
        for (var i = 0; i < 16; i++) DecodeAndAggregate();
        Console.WriteLine($"// {(double)_changes.Bytes / _changes.Readings:0.0} bytes of state changes a reading");
    }

    /// <summary>Each round goes on where the last one ended; writing the later timestamps into the bodies is part of the time.</summary>
    [Benchmark(OperationsPerInvoke = Seconds * ReadingBodies.Devices)]
    public int DecodeAndAggregate()
    {
        _elapsed += Seconds * 1000;
        var context = new ModuleContext<AggregatorSettings>(DateTimeOffset.UnixEpoch.AddMilliseconds(_elapsed), Settings, _ledger);
        var messages = 0;
        for (var i = 0; i < _bodies.Length; i++)
        {
            ReadingBodies.WriteTimestamps(_bodies[i], _timestamps[i], i / (_bodies.Length / Seconds) * 1000L + _elapsed);
            var batch = _codec.Decode(_bodies[i], _module.NamedMetrics(Settings));
            var result = _module.OnReadings(batch, context);
            messages += result.Outputs.Count;
            _changes = (_changes.Bytes + result.StateChange.Length, _changes.Readings + batch.Count);
        }

        return messages;
    }
}
