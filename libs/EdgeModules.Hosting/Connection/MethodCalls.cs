using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>Direct methods as they travel: JSON as bytes.</summary>
internal static class MethodCalls
{
    /// <param name="payload">UTF-8 JSON; empty for none.</param>
    /// <returns>The module's answer, or 400 for a payload that is not JSON.</returns>
    public static async Task<MethodResponse> AnswerAsync(string name, byte[] payload, Func<MethodRequest, Task<MethodResponse>> onMethod)
    {
        try
        {
            return await onMethod(new MethodRequest(name, payload.Length == 0 ? null : JsonText.Parse(System.Text.Encoding.UTF8.GetString(payload))));
        }
        catch (JsonException error)
        {
            return new MethodResponse(400, new JObject { ["message"] = $"The payload is not JSON: {error.Message}" });
        }
    }

    /// <returns>UTF-8 JSON; empty for none.</returns>
    public static byte[] Body(MethodResponse response) => response.Payload is null ? [] : JsonText.ToUtf8(response.Payload);
}
