using BenchmarkDotNet.Attributes;
using EdgeModules.Inference;

namespace EdgeModules.Benchmarks;

/// <summary>What a window costs in the model itself, by the size of the batch. One operation is one window.</summary>
[MemoryDiagnoser]
public class InferenceBenchmark
{
    private const int Windows = 1024;

    private IScoringModel _model = null!;
    private float[] _windows = [];
    private float[] _scores = [];
    private float[] _contributions = [];

    /// <summary>Files of the folder <c>models</c>, looked for upwards from where the benchmark runs.</summary>
    public static IEnumerable<string> Models => ModelFiles().Select(file => Path.GetFileNameWithoutExtension(file)!);

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [Params(1, 8, 32)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var bytes = File.ReadAllBytes(ModelFiles().First(file => Path.GetFileNameWithoutExtension(file) == Model));
        _model = new OnnxModelLoader().Load(bytes, "", given: null);
        var (length, features) = (_model.Manifest.WindowLength, _model.Manifest.Features.Count);
        var chance = new Random(1);
        _windows = [.. Enumerable.Range(0, Batch * length).Select(_ => (float)chance.NextDouble())];
        (_scores, _contributions) = (new float[Batch], new float[_model.HasContributions ? Batch * features : 0]);
    }

    [GlobalCleanup]
    public void Cleanup() => _model.Dispose();

    [Benchmark(OperationsPerInvoke = Windows)]
    public float Score()
    {
        for (var done = 0; done < Windows; done += Batch) _model.Score(_windows, Batch, _scores, _contributions);
        return _scores[0];
    }

    private static IEnumerable<string> ModelFiles()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var models = Path.Combine(folder.FullName, "models");
            if (Directory.Exists(models)) return Directory.GetFiles(models, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        }

        return [];
    }
}
