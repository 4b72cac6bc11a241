using System.Text.Json;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Control;

/// <summary>The verb <c>send</c>.</summary>
public static class SendVerb
{
    private const int MostBodyBytes = 262_144;

    public static async Task<int> RunAsync(
        ControlClient client, string module, string input, InjectedMessage message, Terminal terminal, CancellationToken cancellation)
    {
        var sent = await client.SendAsync(module, input, message, cancellation);
        terminal.Plain(
            $"Queued for {module}/{input}: message {sent["messageId"]}, {Count(sent.Value<long>("readings"))}"
            + (sent.Value<bool>("connected") ? "." : $"; {module} is not connected and takes it once it is."));
        return ExitCodes.Done;
    }

    /// <param name="raw">The body may be anything: what is no JSON counts as one reading.</param>
    /// <exception cref="SimulatorException">The body is no JSON, or too large.</exception>
    public static InjectedMessage Compose(byte[] body, bool raw, IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        if (body.Length > MostBodyBytes)
            throw new SimulatorException($"The body has {body.Length:N0} bytes; a message of IoT Hub has at most {MostBodyBytes:N0}.");
        try
        {
            using var json = JsonDocument.Parse(body);
            return new InjectedMessage(body, json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.GetArrayLength() : 1, properties);
        }
        catch (JsonException error)
        {
            if (raw) return new InjectedMessage(body, 1, properties);
            throw new SimulatorException(
                $"The body is no JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}; "
                + "quote it for your shell, or send it as it is with --raw.",
                error);
        }
    }

    private static string Count(long readings) => readings == 1 ? "1 reading" : $"{readings:N0} readings";
}
