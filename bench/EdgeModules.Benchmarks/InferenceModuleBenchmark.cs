using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using EdgeModules.Hosting.State;
using EdgeModules.Hosting;
using EdgeModules.Inference;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using EdgeModules.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Benchmarks;

/// <summary>
/// What the InferenceModule does to a reading between receipt and save, with 10,000 devices whose rings are full: decode, ring, model, score. One operation is
/// one reading, which is one window.
/// </summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup, and derives from the class.")]
public class InferenceModuleBenchmark
{
    private const string Model = "synthetic-1.0.0";
    private const int Seconds = 4;

    private readonly MessageCodec _codec = new();
    private readonly Ledger _ledger = new();
    private InferenceSettings _settings = new();
    private InferenceModule? _module;
    private string _folder = "";
    private byte[][] _bodies = [];
    private int[][] _timestamps = [];
    private long _elapsed;
    private (long Bytes, long Readings) _changes;

    [Params(100, 1000)]
    public int ReadingsPerMessage { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bodies = ReadingBodies.Make(ReadingsPerMessage, Seconds);
        _timestamps = [.. _bodies.Select(ReadingBodies.TimestampOffsets)];
        _folder = Directory.CreateTempSubdirectory().FullName;
        _settings = new InferenceSettings
        {
            Active = new ModelSource { Source = ModelSourceKind.File, File = Model + ".onnx", Sha256 = Convert.ToHexStringLower(SHA256.HashData(ShippedModels.Read(Model))) },
        };
        var store = new ModelStore(new FileFolder(_folder));
        var fetcher = new ModelFetcher(store, new NoNetwork(), ShippedModels.Folder, TimeProvider.System);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        _module = new InferenceModule(
            new SwapSurroundings(store, fetcher, new OnnxModelLoader(), TimeProvider.System),
            new SwapTelemetry(meters, NullLogger<SwapTelemetry>.Instance),
            NullLogger<InferenceModule>.Instance);
        _module.OnSettings(Context);
        while (_ledger.Total("scored", "") < 2 * ReadingBodies.Devices) DecodeAndScore();
        _changes = default;
        DecodeAndScore();
        Console.WriteLine($"// {(double)_changes.Bytes / _changes.Readings:0.0} bytes of state changes a reading");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _module?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Each round goes on where the last one ended; writing the later timestamps into the bodies is part of the time.</summary>
    [Benchmark(OperationsPerInvoke = Seconds * ReadingBodies.Devices)]
    public int DecodeAndScore()
    {
        _elapsed += Seconds * 1000;
        var messages = 0;
        for (var i = 0; i < _bodies.Length; i++)
        {
            ReadingBodies.WriteTimestamps(_bodies[i], _timestamps[i], i / (_bodies.Length / Seconds) * 1000L + _elapsed);
            var batch = _codec.Decode(_bodies[i], _module!.NamedMetrics(_settings));
            var result = _module.OnReadings(batch, Context);
            messages += result.Outputs.Count;
            _changes = (_changes.Bytes + result.StateChange.Length, _changes.Readings + batch.Count);
        }

        return messages;
    }

    private ModuleContext<InferenceSettings> Context => new(DateTimeOffset.UnixEpoch.AddMilliseconds(_elapsed), _settings, _ledger);

    private sealed class NoNetwork : IRemoteFiles
    {
        public Task<RemotePart> OpenAsync(Uri uri, long offset, CancellationToken cancellation) => throw new IOException("The benchmark has no network.");
    }
}
