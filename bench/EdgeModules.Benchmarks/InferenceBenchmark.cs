using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;

namespace EdgeModules.Benchmarks;

/// <summary>What a window costs in the model itself, by the size of the batch. One operation is one window.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup, and derives from the class.")]
public class InferenceBenchmark
{
    private const int Windows = 1024;

    private ModelCalls? _calls;

    public static IEnumerable<string> Models => ShippedModels.Names;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [Params(1, 8, 32)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup() => _calls = new ModelCalls(Model, Batch);

    [GlobalCleanup]
    public void Cleanup() => _calls?.Dispose();

    [Benchmark(OperationsPerInvoke = Windows)]
    public float Score()
    {
        var score = 0f;
        for (var done = 0; done < Windows; done += Batch) score += _calls!.Score();
        return score;
    }
}
