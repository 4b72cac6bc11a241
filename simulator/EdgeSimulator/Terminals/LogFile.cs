namespace EdgeSimulator.Terminals;

/// <summary>Appends whole lines to one file; safe for several threads. Closed, it ignores what comes late.</summary>
public sealed class LogFile : IDisposable
{
    private readonly Lock _lock = new();
    private StreamWriter? _writer;

    /// <exception cref="SimulatorException">The file cannot be written.</exception>
    public LogFile(string file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            _writer = new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The log file {file} cannot be written: {error.Message}", error);
        }
    }

    public void Write(string line)
    {
        lock (_lock) _writer?.WriteLine(line);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }
}
