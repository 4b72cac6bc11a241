using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Terminals;

/// <summary>The log of the simulated edgeHub: all of it in a file in the format of the modules, warnings (or more) on the terminal too.</summary>
public sealed class FileLoggerProvider(LogFile file, Terminal terminal, string source, LogLevel shown, TimeProvider clock) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
        // The file belongs to the one that opened it.
    }

    private void Write(LogLevel level, string text)
    {
        var severity = level switch
        {
            LogLevel.Critical => 0,
            LogLevel.Error => 3,
            LogLevel.Warning => 4,
            LogLevel.Information => 6,
            _ => 7,
        };
        var line = LogLine.Write(severity, clock.GetUtcNow(), text);
        file.Write(line);
        if (level >= shown) terminal.Log(source, LogLine.Parse(line));
    }

    private sealed class Logger(FileLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            provider.Write(logLevel, exception is null ? text : $"{text} {exception}");
        }
    }
}
