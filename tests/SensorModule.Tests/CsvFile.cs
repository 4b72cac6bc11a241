namespace EdgeModules.Sensing.Tests;

/// <summary>A file for one test.</summary>
internal sealed class CsvFile : IDisposable
{
    public CsvFile(params string[] lines) : this(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))))
    {
    }

    public CsvFile(byte[] content)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"sensor-test-{Guid.NewGuid():N}.csv");
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    /// <summary>The data set that is shipped.</summary>
    public static string SensorNetwork
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "IoTEdgeSolution.sln"))) folder = folder.Parent;
            Assert.NotNull(folder);
            return System.IO.Path.Combine(folder.FullName, "data", "sensor-network.csv");
        }
    }

    public void Dispose() => File.Delete(Path);
}
