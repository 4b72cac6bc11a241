using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Https;

/// <summary>edgeHub's HTTPS on 127.0.0.1, with the hub's server certificate.</summary>
internal sealed class HttpsHead : IAsyncDisposable
{
    private const int MaxBodyBytes = 1 << 20;
    private readonly WebApplication _application;

    private HttpsHead(WebApplication application) => _application = application;

    /// <summary>The port listened on.</summary>
    public int Port => new Uri(_application.Urls.Single()).Port;

    /// <param name="port">0: any free one.</param>
    /// <exception cref="SimulatorException">The port is in use.</exception>
    public static async Task<HttpsHead> StartAsync(int port, X509Certificate2 certificate, MethodsApi methods, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate));
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, methods));
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new SimulatorException($"Port {port} of 127.0.0.1 cannot be listened on: {error.Message}. Another port is set with --https-port.", error);
        }

        return new HttpsHead(application);
    }

    /// <summary>Ends the calls in progress without an answer.</summary>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, MethodsApi methods)
    {
        try
        {
            var (status, body) = await methods.AnswerAsync(context).ConfigureAwait(false);
            await AnswerAsync(context.Response, status, body).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            // Larger than any call can be, or cut off.
            await AnswerAsync(context.Response, error.StatusCode, null).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone, or the hub is ending: nobody reads an answer.
        }
    }

    private static async Task AnswerAsync(HttpResponse response, int status, JToken? body)
    {
        var bytes = body is null ? [] : JsonText.ToUtf8(body);
        response.StatusCode = status;
        response.ContentLength = bytes.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        if (body is not null) response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(bytes).ConfigureAwait(false);
    }
}
