using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;

namespace EdgeSimulator.ModelFiles;

/// <summary>
/// Stands for the blob storage that a gateway downloads models from: <c>https://localhost:PORT/FOLDER/NAME.onnx</c> on loopback, with ranges. Its certificate
/// is that of the hub, by the simulator's own authority.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    public const int UsualPort = 8444;

    private const string Extension = ".onnx";
    private readonly WebApplication _application;

    private ModelServer(WebApplication application) => _application = application;

    /// <summary>The port listened on.</summary>
    public int Port => new Uri(_application.Urls.Single()).Port;

    /// <param name="port">0: any free one. Null: the usual one, or any when that is taken.</param>
    /// <param name="certificate">The hub's.</param>
    /// <param name="folders">First part of the path → folder of the files.</param>
    /// <param name="tell">Gets a line for each request.</param>
    /// <exception cref="SimulatorException">The port is in use.</exception>
    public static async Task<ModelServer> StartAsync(
        int? port, X509Certificate2 certificate, IReadOnlyDictionary<string, string> folders, Action<string> tell, CancellationToken cancellation)
    {
        try
        {
            return await ListenAsync(port ?? UsualPort, certificate, folders, tell, cancellation);
        }
        catch (IOException) when (port is null)
        {
            return await ListenAsync(0, certificate, folders, tell, cancellation);
        }
        catch (IOException error)
        {
            throw new SimulatorException($"Port {port} for models (--models-port) cannot be used: {error.Message}", error);
        }
    }

    public Uri AddressOf(string folder, string file) => new($"https://localhost:{Port}/{folder}/{Uri.EscapeDataString(file)}");

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<ModelServer> ListenAsync(
        int port, X509Certificate2 certificate, IReadOnlyDictionary<string, string> folders, Action<string> tell, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate));
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, folders, tell));
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new ModelServer(application);
    }

    private static async Task AnswerAsync(HttpContext context, IReadOnlyDictionary<string, string> folders, Action<string> tell)
    {
        var (request, response) = (context.Request, context.Response);
        var range = request.Headers.Range.Count > 0 ? $", {request.Headers.Range}" : "";
        try
        {
            await ResultOf(request, folders).ExecuteAsync(context);
            tell($"{request.Method} {request.Path}{range}: {response.StatusCode}, {response.ContentLength ?? 0:N0} bytes.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && !response.HasStarted)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            tell($"{request.Method} {request.Path}{range}: 404, {error.Message}");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            tell($"{request.Method} {request.Path}{range}: the caller has gone.");
        }
    }

    private static IResult ResultOf(HttpRequest request, IReadOnlyDictionary<string, string> folders)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return TypedResults.StatusCode(StatusCodes.Status405MethodNotAllowed);
        if (FileOf(request.Path.Value ?? "", folders) is not { } file) return TypedResults.NotFound();
        // A client that goes on with a download says which bytes it has the beginning of.
        using var content = File.OpenRead(file);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
        return TypedResults.PhysicalFile(file, "application/octet-stream", null, File.GetLastWriteTimeUtc(file), tag, enableRangeProcessing: true);
    }

    /// <returns>Null for what is no model in one of the folders.</returns>
    private static string? FileOf(string path, IReadOnlyDictionary<string, string> folders)
    {
        if (path.Split('/') is not ["", var folder, var name] || !folders.TryGetValue(folder, out var directory)) return null;
        if (!name.EndsWith(Extension, StringComparison.Ordinal)) return null;
        if (name.Contains('\\') || name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars())) return null;
        var file = Path.GetFullPath(Path.Combine(directory, name));
        return File.Exists(file) ? file : null;
    }
}
