using System.Net;
using EdgeModules.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>
/// The HTTP API of a running simulator, for the verbs of the command line. On loopback only; a request that a web page could have made (a foreign
/// <c>Host</c>, any <c>Origin</c>) is refused. Answers are JSON; an error is <c>{"error": "…"}</c>.
/// </summary>
public sealed class ControlApi : IAsyncDisposable
{
    private const int MostBodyBytes = 1 << 20;

    private readonly WebApplication _application;

    private ControlApi(WebApplication application) => _application = application;

    /// <exception cref="SimulatorException">The port is in use.</exception>
    public static async Task<ControlApi> StartAsync(int port, ISimulatorControl control, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var application = builder.Build();
        application.Use(GuardAsync);
        Map(application, control);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            await application.DisposeAsync();
            throw new SimulatorException($"Port {port} of the control API (--api-port) cannot be used: {error.Message}", error);
        }

        return new ControlApi(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Map(WebApplication application, ISimulatorControl control)
    {
        application.MapGet("/status", context => AnswerAsync(context, control.GetStatus()));
        application.MapGet("/modules/{module}/twin", context => AnswerAsync(context, control.GetTwin(Module(context))));
        application.MapMethods("/modules/{module}/twin/desired", [HttpMethods.Patch], async context =>
        {
            var patch = await ReadObjectAsync(context.Request);
            await AnswerAsync(context, new JObject { ["version"] = control.PatchDesired(Module(context), patch) });
        });
        application.MapFallback(context =>
            RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no {context.Request.Method} {context.Request.Path}."));
    }

    private static string Module(HttpContext context) => (string)context.GetRouteValue("module")!;

    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Host.Host is not ("127.0.0.1" or "localhost") || context.Request.Headers.ContainsKey("Origin"))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Only programs on this machine may call the control API.");
            return;
        }

        try
        {
            await next(context);
        }
        catch (SimulatorException error)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, error.Message);
        }
        catch (BadHttpRequestException error)
        {
            await RefuseAsync(context, error.StatusCode, error.Message);
        }
        catch (JsonException error)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The body must be a JSON object: {error.Message}");
        }
    }

    private static async Task<JObject> ReadObjectAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return JsonText.ParseObject(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return AnswerAsync(context, new JObject { ["error"] = error });
    }

    private static Task AnswerAsync(HttpContext context, JToken answer)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.Body.WriteAsync(JsonText.ToUtf8(answer)).AsTask();
    }
}
