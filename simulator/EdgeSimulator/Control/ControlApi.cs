using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json;

namespace EdgeSimulator.Control;

/// <summary>
/// The HTTP API of a running simulator, for the verbs of the command line. On loopback only; a request that a web page could have made (a foreign
/// <c>Host</c>, any <c>Origin</c>) is refused. Answers are JSON, those that are followed are lines; an error is <c>{"error": "…"}</c>.
/// </summary>
public sealed class ControlApi : IAsyncDisposable
{
    private const int MostBodyBytes = 1 << 20;

    /// <summary>For what is followed to be read to its end; who reads slower is cut off.</summary>
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(3);

    private readonly WebApplication _application;
    private readonly CancellationTokenSource _ending;
    private readonly TimeProvider _clock;

    private ControlApi(WebApplication application, CancellationTokenSource ending, TimeProvider clock) =>
        (_application, _ending, _clock) = (application, ending, clock);

    /// <exception cref="SimulatorException">The port is in use.</exception>
    public static async Task<ControlApi> StartAsync(int port, ISimulatorControl control, TimeProvider clock, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            // Who stands still at a monitor is no attacker.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var application = builder.Build();
        var ending = new CancellationTokenSource();
        application.Use(GuardAsync);
        new ControlEndpoints(control, ending.Token).Map(application);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            ending.Dispose();
            await application.DisposeAsync();
            throw new SimulatorException($"Port {port} of the control API (--api-port) cannot be used: {error.Message}", error);
        }

        return new ControlApi(application, ending, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        using var patience = new CancellationTokenSource(PatienceAtTheEnd, _clock);
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
        _ending.Dispose();
    }

    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Host.Host is not ("127.0.0.1" or "localhost") || context.Request.Headers.ContainsKey("Origin"))
        {
            await ControlEndpoints.RefuseAsync(context, StatusCodes.Status403Forbidden, "Only programs on this machine may call the control API.");
            return;
        }

        try
        {
            await next(context);
        }
        catch (SimulatorException error)
        {
            await ControlEndpoints.RefuseAsync(context, StatusCodes.Status404NotFound, error.Message);
        }
        catch (BadHttpRequestException error)
        {
            await ControlEndpoints.RefuseAsync(context, error.StatusCode, error.Message);
        }
        catch (JsonException error)
        {
            await ControlEndpoints.RefuseAsync(context, StatusCodes.Status400BadRequest, $"The body must be a JSON object: {error.Message}");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
    }
}
