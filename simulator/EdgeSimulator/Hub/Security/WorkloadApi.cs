using System.Security.Cryptography;
using System.Text;
using EdgeModules.Messages;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Security;

/// <summary>
/// The workload API of iotedged on a unix socket: trust bundle and signatures. Every answer has a Content-Length, since Microsoft's C# SDK
/// cannot read chunks.
/// </summary>
internal sealed class WorkloadApi : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const int MaxSocketPathBytes = 104;
    private const string DirectoryPrefix = "edgesim-";
    private const int MaxBodyBytes = 1 << 16;
    private readonly string _directory;
    private readonly string _socket;
    private readonly string _authorityPem;
    private readonly IdentityStore _identities;
    private readonly KestrelServer _server;

    /// <param name="stateDirectory">Held by this process; tells the next one what to clear away should this one be killed.</param>
    public WorkloadApi(string authorityPem, IdentityStore identities, string stateDirectory)
    {
        (_authorityPem, _identities) = (authorityPem, identities);
        var note = Path.Combine(stateDirectory, "workload-socket");
        if (File.Exists(note)) RemoveLeftover(File.ReadAllText(note));
        _directory = Directory.CreateTempSubdirectory(DirectoryPrefix).FullName;
        File.WriteAllText(note, _directory);
        _socket = Path.Combine(_directory, "workload.sock");
        if (Encoding.UTF8.GetByteCount(_socket) > MaxSocketPathBytes)
        {
            Directory.Delete(_directory);
            throw new SimulatorException($"The socket path {_socket} is longer than {MaxSocketPathBytes} bytes; set TMPDIR to a shorter directory.");
        }

        var options = new KestrelServerOptions { AddServerHeader = false, Limits = { MaxRequestBodySize = MaxBodyBytes } };
        options.ListenUnixSocket(_socket);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    public string Uri => $"unix://{_socket}";

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(this, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        _server.Dispose();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var (status, answer) = await AnswerAsync(context.Request).ConfigureAwait(false);
        var body = JsonText.ToUtf8(answer);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body).ConfigureAwait(false);
    }

    private async Task<(int Status, JObject Body)> AnswerAsync(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.Query["api-version"])) return Error(400, "The query parameter api-version is missing.");
        var path = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/');
        return (request.Method, path) switch
        {
            ("GET", ["", "trust-bundle"]) => (200, new JObject { ["certificate"] = _authorityPem }),
            ("POST", ["", "modules", var module, "genid", var generation, "sign"]) =>
                Sign(System.Uri.UnescapeDataString(module), System.Uri.UnescapeDataString(generation), await ReadAsync(request).ConfigureAwait(false)),
            _ => Error(404, $"There is no {request.Method} {request.Path}."),
        };
    }

    private (int Status, JObject Body) Sign(string module, string generation, string body)
    {
        if (_identities.Find(module) is not { } identity || identity.GenerationId != generation)
            return Error(404, $"There is no module '{module}' of generation '{generation}'.");
        try
        {
            var request = JsonText.Parse(body) as JObject;
            var algorithm = (string?)request?["algo"];
            if (!"HMACSHA256".Equals(algorithm, StringComparison.OrdinalIgnoreCase)) return Error(400, $"algo is '{algorithm}'; it must be HMACSHA256.");
            var data = Convert.FromBase64String((string?)request?["data"] ?? throw new FormatException("data is missing."));
            return (200, new JObject { ["digest"] = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(identity.Key), data)) });
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or InvalidCastException)
        {
            return Error(400, $"The body cannot be read; it must be {{\"keyId\":…,\"algo\":\"HMACSHA256\",\"data\":<base64>}}. {error.Message}");
        }
    }

    private static void RemoveLeftover(string directory)
    {
        if (Path.GetFileName(directory).StartsWith(DirectoryPrefix, StringComparison.Ordinal) && Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync().ConfigureAwait(false);
    }

    private static (int Status, JObject Body) Error(int status, string message) => (status, new JObject { ["message"] = message });
}
