using Microsoft.Extensions.Logging;

namespace EdgeModules.Sensing;

public sealed partial class SensorTelemetry(ILogger<SensorTelemetry> logger)
{
    /// <param name="readings">How many the source has in all; null when it is endless or unknown.</param>
    public void SourceOpened(SourceMode mode, long position, long? readings)
    {
        if (readings is { } known) LogOpened(mode, position, known);
        else LogOpenedEndless(mode, position);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Mode} source has ended; all its readings, up to position {Position}, are handed on.")]
    public partial void SourceEnded(SourceMode mode, long position);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stopped until the settings change: {Error}")]
    public partial void SourceFailed(string? error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Went on from now at position {Position}: it was more than a minute late, or the clock was set back.")]
    public partial void PaceRestarted(long position);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Message {MessageId} was sent: the settings have changed since.")]
    public partial void NothingUnsent(string messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Dropped {Readings} readings that a crash kept from being sent ({MessageId}): the data is not what it was. {Error}")]
    public partial void UnsentReadingsDropped(long readings, string messageId, string? error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot write the truth file {File}, so nothing is sent: {Cause} Next attempt in {Seconds:0} s.")]
    public partial void TruthNotWritten(string file, string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The truth file {File} lacks {Bytes} bytes at its end that were written to it before; it goes on with a gap.")]
    public partial void TruthIncomplete(string file, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Opened the {Mode} source at position {Position} of {Readings} readings.")]
    private partial void LogOpened(SourceMode mode, long position, long readings);

    [LoggerMessage(Level = LogLevel.Information, Message = "Opened the {Mode} source at position {Position}; it has no known end.")]
    private partial void LogOpenedEndless(SourceMode mode, long position);
}
