using EdgeSimulator.Terminals;

namespace EdgeSimulator.Running;

/// <summary>The files of a run that users follow: logs, and what reached the cloud. Of a state that is used again only what this run appends.</summary>
public sealed class RunFiles
{
    private readonly string _logs;
    private readonly Dictionary<string, long> _before;

    /// <param name="directory">To be looked at before this run has written anything there.</param>
    public RunFiles(string directory, string cloudFile, TimeProvider clock)
    {
        _logs = Path.Combine(directory, "logs");
        _before = Directory.Exists(_logs) ? new DirectoryInfo(_logs).GetFiles("*.log").ToDictionary(log => log.Name, log => log.Length) : [];
        Cloud = new GrowingFile(cloudFile, LengthOf(cloudFile), clock);
        Clock = clock;
    }

    /// <summary>JSON lines.</summary>
    public GrowingFile Cloud { get; }

    private TimeProvider Clock { get; }

    /// <param name="source"><c>edgeHub</c>, or a module.</param>
    public string LogOf(string source) => Path.Combine(_logs, source + ".log");

    /// <returns>Null when it has not written a log.</returns>
    public GrowingFile? FindLog(string source)
    {
        var file = LogOf(source);
        return File.Exists(file) ? new GrowingFile(file, _before.GetValueOrDefault(Path.GetFileName(file)), Clock) : null;
    }

    private static long LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
}
