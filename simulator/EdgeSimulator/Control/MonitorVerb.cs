using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Control;

/// <summary>The verb <c>monitor</c>.</summary>
public static class MonitorVerb
{
    /// <param name="notes">For what is no message.</param>
    public static async Task<int> RunAsync(
        ControlClient client, MonitorRequest request, Terminal terminal, TextWriter notes, CancellationToken cancellation)
    {
        using var lines = await client.FollowCloudAsync(request.FromStart, request.Module, cancellation);
        var shown = 0;
        await foreach (var line in lines.ReadAsync(cancellation))
        {
            if (CloudMessage.Parse(line) is not { } message || (request.Module is not null && message.Module != request.Module)) continue;
            terminal.Raw(request.AsJson ? line : message.ToLine(terminal.Width));
            if (++shown == request.Count) return ExitCodes.Done;
        }

        await notes.WriteLineAsync("The simulator has ended.");
        return ExitCodes.Done;
    }
}

/// <param name="Module">Null for all.</param>
/// <param name="Count">Ends after so many messages; null: with the simulator.</param>
public sealed record MonitorRequest(string? Module, bool FromStart, int? Count, bool AsJson);
