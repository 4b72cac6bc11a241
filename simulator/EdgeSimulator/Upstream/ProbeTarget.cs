using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Upstream;

/// <summary>
/// Stands for the cloud where a module connects to it to see whether it can be reached: HTTPS on loopback, with the hub's certificate. As slow and lossy as the
/// way to the cloud; while the cloud is away a connection is closed before anything is said.
/// </summary>
public sealed class ProbeTarget : IAsyncDisposable
{
    public const int UsualPort = 8445;

    private const string Host = "localhost";
    private const string Settings = "connectivity";
    private const string HostSetting = "probeHost";
    private const string PortSetting = "probePort";
    private readonly WebApplication _application;

    private ProbeTarget(WebApplication application) => _application = application;

    /// <summary>The port listened on.</summary>
    public int Port => new Uri(_application.Urls.Single()).Port;

    public Uri Address => new($"https://{Host}:{Port}/");

    /// <param name="port">0: any free one. Null: the usual one, or any when that is taken.</param>
    /// <param name="certificate">The hub's.</param>
    /// <param name="hub">Whose way to the cloud it is.</param>
    /// <exception cref="SimulatorException">The port is in use.</exception>
    public static async Task<ProbeTarget> StartAsync(
        int? port, X509Certificate2 certificate, IEdgeHub hub, int seed, TimeProvider clock, CancellationToken cancellation)
    {
        var way = new Way(hub, seed, clock);
        try
        {
            return await ListenAsync(port ?? UsualPort, certificate, way, cancellation);
        }
        catch (IOException) when (port is null)
        {
            return await ListenAsync(0, certificate, way, cancellation);
        }
        catch (IOException error)
        {
            throw new SimulatorException($"Port {port} that answers as the cloud does (--probe-port) cannot be used: {error.Message}", error);
        }
    }

    /// <summary>Points the module that looks at the way to the cloud here, unless its twin names another host.</summary>
    /// <param name="twins">Desired properties as the run has made them.</param>
    public void Tell(IEdgeHub hub, IReadOnlyDictionary<string, JObject> twins)
    {
        if (!twins.TryGetValue(TwinOverrides.Uplink, out var desired) || (desired[Settings] as JObject)?[HostSetting] is not null) return;
        // One that was kept may have been told in an earlier run.
        var kept = hub.GetTwin(TwinOverrides.Uplink)["desired"]?[Settings] as JObject;
        if (kept?.Value<string?>(HostSetting) == Host && kept.Value<int?>(PortSetting) == Port) return;
        hub.PatchDesired(TwinOverrides.Uplink, new JObject { [Settings] = new JObject { [HostSetting] = Host, [PortSetting] = Port } });
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<ProbeTarget> ListenAsync(int port, X509Certificate2 certificate, Way way, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Use(next => connection => way.LeadAsync(connection, next));
                listen.UseHttps(certificate);
            });
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, way));
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new ProbeTarget(application);
    }

    private static Task AnswerAsync(HttpContext context, Way way)
    {
        if (!way.IsThere) context.Abort();
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }

    /// <param name="seed">Its own dice: what is lost here must not decide which messages are.</param>
    private sealed class Way(IEdgeHub hub, int seed, TimeProvider clock)
    {
        private readonly Lock _gate = new();
#pragma warning disable CA5394
        private readonly Random _chance = new(seed);
#pragma warning restore CA5394

        public bool IsThere => hub.UpstreamOnline;

        public async Task LeadAsync(ConnectionContext connection, ConnectionDelegate next)
        {
            var quality = hub.UpstreamQuality;
            var passes = IsThere && !IsLost(quality.LossPercent);
            if (passes && quality.Latency > TimeSpan.Zero)
                await Task.Delay(quality.Latency, clock, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (passes && IsThere) await next(connection);
            else connection.Abort();
        }

        private bool IsLost(double percent)
        {
#pragma warning disable CA5394
            lock (_gate) return percent > 0 && 100 * _chance.NextDouble() < percent;
#pragma warning restore CA5394
        }
    }
}
