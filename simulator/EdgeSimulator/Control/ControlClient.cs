using System.Net.Http.Headers;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>Calls the <see cref="ControlApi"/> of the simulator that runs on this machine.</summary>
public sealed class ControlClient(int port) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
        Timeout = TimeSpan.FromSeconds(30),
    };

    public async Task<JObject> GetStatusAsync(CancellationToken cancellation) => await CallAsync(HttpMethod.Get, "status", null, cancellation);

    public async Task<JObject> GetTwinAsync(string module, CancellationToken cancellation) =>
        await CallAsync(HttpMethod.Get, $"modules/{Uri.EscapeDataString(module)}/twin", null, cancellation);

    /// <returns>The new <c>$version</c>.</returns>
    public async Task<long> PatchDesiredAsync(string module, JObject patch, CancellationToken cancellation) =>
        (await CallAsync(HttpMethod.Patch, $"modules/{Uri.EscapeDataString(module)}/twin/desired", patch, cancellation)).Value<long>("version");

    public void Dispose() => _http.Dispose();

    /// <exception cref="SimulatorException">No simulator listens there, or it refuses; the message is the simulator's.</exception>
    private async Task<JObject> CallAsync(HttpMethod method, string path, JObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonText.ToUtf8(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            var answer = JsonText.ParseObject(await response.Content.ReadAsByteArrayAsync(cancellation));
            return response.IsSuccessStatusCode
                ? answer
                : throw new SimulatorException(answer.Value<string>("error") ?? $"The simulator answered {(int)response.StatusCode}.");
        }
        catch (HttpRequestException error)
        {
            throw new SimulatorException($"No simulator answers on port {port}; start one with run, or name its port with --api-port.", error);
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"What listens on port {port} is no simulator; name the port of one with --api-port.", error);
        }
    }
}
