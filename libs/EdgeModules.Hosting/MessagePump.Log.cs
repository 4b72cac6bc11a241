using EdgeModules.Hosting.State;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting;

/// <summary>What the pump tells the operator.</summary>
public sealed partial class MessagePump<TSettings>
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Warning} The module starts without state.")]
    private partial void LogStateUnreadable(string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sending {Count} messages that were saved before the last stop.")]
    private partial void LogResending(int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The message {Key} on input {Input} came again; it was handled before.")]
    private partial void LogRedelivered(string input, MessageKey key);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Invalid on input {Input} at {Path} ({Reason}): {Error}")]
    private partial void LogInvalid(string input, string path, string reason, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Dropped a message: this module has no input {Input}; it has {Known}. Check the routes.")]
    private partial void LogNoSuchInput(string input, string known);

    [LoggerMessage(Level = LogLevel.Error, Message = "Dropped the message {Key} on input {Input}: the module failed on it.")]
    private partial void LogModuleFailed(Exception error, string input, MessageKey key);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot save, so nothing is sent or acknowledged: {Cause} Next attempt in {Seconds:0} s.")]
    private partial void LogNotSaved(string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not send message {MessageId} to output {Output}: {Cause} Next attempt in {Seconds:0} s.")]
    private partial void LogNotSent(string? messageId, string output, string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Refused {Count} calls of direct methods: {Most} wait for their turn already.")]
    private partial void LogActionsRefused(int count, int most);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The books of calls of direct methods are not saved yet: {Cause}")]
    private partial void LogActionsNotSaved(string cause);
}
