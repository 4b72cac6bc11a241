using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>The workload API of the IoT Edge runtime, on the unix socket or HTTP address of <c>IOTEDGE_WORKLOADURI</c>: signs tokens, gives the trust bundle.</summary>
public sealed class WorkloadCredentials : IModuleCredentials, IDisposable
{
    private const string ApiVersion = "2018-06-28";

    private readonly string _generationId;
    private readonly HttpClient _http;

    /// <exception cref="ModuleConfigurationException">The URI is of another kind.</exception>
    public WorkloadCredentials(Uri workloadUri, ModuleAddress address, string generationId)
    {
        Address = address;
        _generationId = generationId;
        _http = workloadUri.Scheme switch
        {
            "unix" => new HttpClient(SocketHandler(workloadUri.LocalPath)) { BaseAddress = new Uri("http://workload.sock/") },
            "http" or "https" => new HttpClient { BaseAddress = workloadUri },
            _ => throw new ModuleConfigurationException($"IOTEDGE_WORKLOADURI is \"{workloadUri}\"; it must begin with unix:// or http://."),
        };
        _http.Timeout = TimeSpan.FromSeconds(30);
    }

    public ModuleAddress Address { get; }

    public bool IsRuntime => true;

    public async Task<string> CreateTokenAsync(DateTimeOffset expiry, CancellationToken cancellation)
    {
        var audience = SasToken.Audience(Address.HubHostName, Address.DeviceId, Address.ModuleId);
        var request = new JObject
        {
            ["keyId"] = "primary",
            ["algo"] = "HMACSHA256",
            ["data"] = Convert.ToBase64String(SasToken.SignedText(audience, expiry)),
        };
        using var content = new ByteArrayContent(JsonText.ToUtf8(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var path = $"modules/{Uri.EscapeDataString(Address.ModuleId)}/genid/{Uri.EscapeDataString(_generationId)}/sign?api-version={ApiVersion}";
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);
        var digest = (await ReadAsync(response, cancellation))["digest"]?.Value<string>() ?? throw new InvalidDataException("The workload API signed without a digest.");
        return SasToken.Format(audience, digest, expiry);
    }

    public async Task<X509Certificate2Collection> GetTrustedRootsAsync(CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(new Uri($"trust-bundle?api-version={ApiVersion}", UriKind.Relative), cancellation);
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem((await ReadAsync(response, cancellation))["certificate"]?.Value<string>() ?? "");
        return roots;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JObject> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"The workload API answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
        return JsonText.ParseObject(body);
    }

    private static SocketsHttpHandler SocketHandler(string path) => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
