using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>The verb <c>invoke</c>.</summary>
public static class InvokeVerb
{
    /// <returns>1 when the module answered with a status from 400 up, or below 200.</returns>
    public static async Task<int> RunAsync(ControlClient client, MethodCall call, bool asJson, Terminal terminal, CancellationToken cancellation)
    {
        var result = await client.InvokeAsync(call.Module, call.Method, call.Payload, call.Timeout, cancellation);
        foreach (var line in asJson ? [ToJson(result)] : Lines(result)) terminal.Raw(line);
        return result.Status is >= 200 and < 400 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static IEnumerable<string> Lines(MethodResult result)
    {
        yield return $"status {result.Status}";
        yield return result.Payload?.ToString(Formatting.Indented) ?? "no payload";
    }

    private static string ToJson(MethodResult result) =>
        new JObject { ["status"] = result.Status, ["payload"] = result.Payload }.ToString(Formatting.None);
}

public sealed record MethodCall(string Module, string Method, JToken? Payload, TimeSpan Timeout);
