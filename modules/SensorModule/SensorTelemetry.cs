using Microsoft.Extensions.Logging;

namespace EdgeModules.Sensing;

public sealed partial class SensorTelemetry(ILogger<SensorTelemetry> logger)
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Opened the {Mode} source at position {Position}; readings in all (null: endless or unknown): {Readings}.")]
    public partial void SourceOpened(SourceMode mode, long position, long? readings);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ended: all readings of the {Mode} source are handed on, up to position {Position}.")]
    public partial void SourceEnded(SourceMode mode, long position);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stopped until the settings change: {Error}")]
    public partial void SourceFailed(string? error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Went on from now at position {Position}: it was more than a minute late, or the clock was set back.")]
    public partial void PaceRestarted(long position);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Message {MessageId} was sent: the settings have changed since.")]
    public partial void NothingUnsent(string messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Dropped {Readings} positions that a crash kept from being sent ({MessageId}): the data is not what it was. {Error}")]
    public partial void UnsentReadingsDropped(long readings, string messageId, string? error);
}
