using System.Net.Http.Headers;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>Calls direct methods of other modules of the device: HTTPS to the gateway, signed with the module's token.</summary>
public sealed class MethodInvoker(IModuleCredentials credentials, int port, TimeProvider clock) : IDisposable
{
    private const string ApiVersion = "2020-09-30";
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    // The gateway waits for the target first, then for its answer; the call itself needs some time too.
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _opening = new(1);
    private HttpClient? _http;

    /// <param name="responseTimeout">How long the gateway waits for the answer: 5 to 300 s.</param>
    /// <returns>The target's own status and payload; 404 when it is not connected, 504 when it did not answer in time.</returns>
    /// <exception cref="HttpRequestException">The gateway cannot be reached or refuses the call.</exception>
    public async Task<MethodResponse> InvokeAsync(string moduleId, MethodRequest request, TimeSpan responseTimeout, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(responseTimeout, TimeSpan.FromSeconds(5));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(responseTimeout, TimeSpan.FromSeconds(300));
        var address = credentials.Address;
        var http = await OpenAsync(cancellation);
        var body = new JObject
        {
            ["methodName"] = request.Name,
            ["payload"] = request.Payload,
            ["responseTimeoutInSeconds"] = (int)responseTimeout.TotalSeconds,
            ["connectTimeoutInSeconds"] = 0,
        };
        using var call = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri($"twins/{Uri.EscapeDataString(address.DeviceId)}/modules/{Uri.EscapeDataString(moduleId)}/methods?api-version={ApiVersion}", UriKind.Relative));
        call.Headers.TryAddWithoutValidation("Authorization", await credentials.CreateTokenAsync(clock.GetUtcNow() + TokenLife, cancellation));
        call.Headers.TryAddWithoutValidation("x-ms-edge-moduleId", address.ClientId);
        call.Content = new ByteArrayContent(JsonText.ToUtf8(body));
        call.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };

        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(responseTimeout + Overhead);
        using var response = await http.SendAsync(call, time.Token);
        var answer = await response.Content.ReadAsByteArrayAsync(time.Token);
        if (!response.IsSuccessStatusCode) return new MethodResponse((int)response.StatusCode, Json(answer));
        var result = Json(answer) as JObject ?? throw new HttpRequestException("The gateway answered the method call with no JSON object.");
        return new MethodResponse(result["status"]?.Value<int>() ?? throw new HttpRequestException("The gateway's answer has no status."), result["payload"]);
    }

    public void Dispose()
    {
        _http?.Dispose();
        _opening.Dispose();
    }

    private async Task<HttpClient> OpenAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            if (_http is not null) return _http;
            var roots = await credentials.GetTrustedRootsAsync(cancellation);
            var handler = new SocketsHttpHandler
            {
                // A gateway that comes back may have a new certificate; connections do not outlive their time.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => GatewayCertificate.IsTrusted(certificate, chain, errors, roots) },
            };
            return _http = new HttpClient(handler) { BaseAddress = new UriBuilder("https", credentials.Address.GatewayHostName, port).Uri, Timeout = Timeout.InfiniteTimeSpan };
        }
        finally
        {
            _opening.Release();
        }
    }

    private static JToken? Json(byte[] utf8)
    {
        try
        {
            return utf8.Length == 0 ? null : JsonText.Parse(System.Text.Encoding.UTF8.GetString(utf8));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
