using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Testing.Fakes;

/// <summary>Keeps what was logged, of whatever category.</summary>
public sealed class RecordingLogger : ILoggerFactory
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Category(_lines);

    public ILogger<T> For<T>() => this.CreateLogger<T>();

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This logger records only.");

    public void Dispose()
    {
    }

    private sealed class Category(ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(logLevel, formatter(state, exception)));
    }
}

public sealed record LogLine(LogLevel Level, string Text);
