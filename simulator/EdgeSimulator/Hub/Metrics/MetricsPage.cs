using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EdgeSimulator.Hub.Metrics;

/// <summary>Prometheus text at <c>http://127.0.0.1:port/metrics</c>.</summary>
internal sealed partial class MetricsPage : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly HubMetrics _metrics;
    private readonly KestrelServer _server;

    private MetricsPage(HubMetrics metrics, int port)
    {
        (_metrics, Port) = (metrics, port);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(IPAddress.Loopback, port);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    public int Port { get; }

    /// <returns>Null when the port cannot be listened on: a hub does its work without being watched rather than not at all.</returns>
    public static async Task<MetricsPage?> StartAsync(HubMetrics metrics, int port, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var page = new MetricsPage(metrics, port);
        try
        {
            await page._server.StartAsync(page, cancellation).ConfigureAwait(false);
            return page;
        }
        catch (IOException error)
        {
            page._server.Dispose();
            LogNoPage(loggers.CreateLogger<MetricsPage>(), port, error.Message);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        _server.Dispose();
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var found = HttpMethods.IsGet(context.Request.Method) && context.Request.Path.Value?.TrimEnd('/') == "/metrics";
        context.Response.StatusCode = found ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        if (!found) return;
        var body = await _metrics.WritePageAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No metrics page on port {Port}, which another is set for with --metrics-port: {Cause}")]
    private static partial void LogNoPage(ILogger logger, int port, string cause);
}
