using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Control;

/// <summary>The verb <c>logs</c>.</summary>
public static class LogsVerb
{
    /// <param name="notes">For what is no line of the log.</param>
    public static async Task<int> RunAsync(
        ControlClient client, LogRequest request, Terminal terminal, TextWriter notes, CancellationToken cancellation)
    {
        using var lines = await client.ReadLogAsync(request.Source, request.Tail, request.Follow, cancellation);
        await foreach (var line in lines.ReadAsync(cancellation)) terminal.LogText(line);
        if (request.Follow) await notes.WriteLineAsync("The simulator has ended.");
        return ExitCodes.Done;
    }
}

/// <param name="Tail">Null for all lines.</param>
public sealed record LogRequest(string Source, int? Tail, bool Follow);
