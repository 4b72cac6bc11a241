namespace EdgeModules.Benchmarks;

/// <summary>The files of the folder <c>models</c>, looked for upwards from where the benchmark runs: BenchmarkDotNet runs it deep below.</summary>
public static class ShippedModels
{
    public static string Folder { get; } = Find();

    /// <summary>Without folder and extension.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.onnx").Order(StringComparer.Ordinal).Select(file => Path.GetFileNameWithoutExtension(file));

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".onnx"));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var models = Path.Combine(folder.FullName, "models");
            if (Directory.Exists(models) && Directory.EnumerateFiles(models, "*.onnx").Any()) return models;
        }

        throw new DirectoryNotFoundException($"There is no folder models with *.onnx above {AppContext.BaseDirectory}; run the benchmarks inside the repository.");
    }
}
