using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using EdgeModules.Filtering;
using EdgeModules.Hosting;
using EdgeModules.Messages;

namespace EdgeModules.Benchmarks;

/// <summary>What the FilterModule does to a reading between receipt and save. One operation is one reading.</summary>
[MemoryDiagnoser]
public class FilterBenchmark
{
    private const int Seconds = 8;

    private static readonly FilterSettings Settings = new();

    private readonly MessageCodec _codec = new();
    private readonly MessageCodec _parserOnly = new(useScanner: false);
    private readonly Ledger _ledger = new();
    private readonly FilterModule _module = new(new DeadbandFilter());
    private byte[][] _bodies = [];
    private int[][] _timestamps = [];
    private long _elapsed;

    [Params(100, 1000)]
    public int ReadingsPerMessage { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bodies = ReadingBodies.Make(ReadingsPerMessage, Seconds);
        _timestamps = [.. _bodies.Select(ReadingBodies.TimestampOffsets)];
        Console.WriteLine($"// {_bodies.Sum(body => (long)body.Length) / (Seconds * ReadingBodies.Devices)} bytes a reading");
        Filter();
    }

    [Benchmark(OperationsPerInvoke = Seconds * ReadingBodies.Devices)]
    public int Decode() => Decode(_codec);

    [Benchmark(OperationsPerInvoke = Seconds * ReadingBodies.Devices)]
    public int DecodeWithUtf8JsonReader() => Decode(_parserOnly);

    /// <summary>Each round goes on where the last one ended, so every device is known; writing the later timestamps into the bodies is part of the time.</summary>
    [Benchmark(OperationsPerInvoke = Seconds * ReadingBodies.Devices)]
    public int DecodeAndFilter() => Filter();

    private int Decode(MessageCodec codec)
    {
        var readings = 0;
        foreach (var body in _bodies) readings += codec.Decode(body, FrozenSet<string>.Empty).Count;
        return readings;
    }

    private int Filter()
    {
        _elapsed += Seconds * 1000;
        for (var i = 0; i < _bodies.Length; i++) ReadingBodies.WriteTimestamps(_bodies[i], _timestamps[i], i / (_bodies.Length / Seconds) * 1000L + _elapsed);
        var context = new ModuleContext<FilterSettings>(DateTimeOffset.UnixEpoch, Settings, _ledger);
        var messages = 0;
        foreach (var body in _bodies) messages += _module.OnReadings(_codec.Decode(body, _module.NamedMetrics(Settings)), context).Outputs.Count;
        return messages;
    }
}
