using System.Net.Sockets;

namespace EdgeModules.Hosting.Connectivity;

/// <summary>
/// Looks at the way to the cloud: edgeHub's metrics page, and where that cannot be read a TLS connection to a host beyond the gateway.
/// Proxies are those of the process's environment (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).
/// </summary>
/// <param name="metricsPage">Of edgeHub; its own loopback or container network, so no proxy.</param>
/// <param name="beyond">Makes the handler of one connection. Each probe has its own: one that is kept open tells nothing of a new one.</param>
public sealed class UpstreamProbe(Uri metricsPage, HttpMessageHandler near, Func<HttpMessageHandler> beyond, TimeProvider clock) : IUpstreamProbe
{
    private const int MostPageCharacters = 4 << 20;
    private static readonly TimeSpan PagePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(10);

    private HubMetrics? _before;

    /// <param name="host">Name or address.</param>
    public async Task<Evidence> LookAsync(string host, int port, CancellationToken cancellation)
    {
        if (await ReadPageAsync(cancellation) is not { } metrics) return await ConnectAsync(host, port, cancellation);
        var evidence = metrics.Since(_before);
        _before = metrics;
        return evidence;
    }

    private async Task<HubMetrics?> ReadPageAsync(CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(PagePatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        using var http = new HttpClient(near, disposeHandler: false) { MaxResponseContentBufferSize = MostPageCharacters, Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            return HubMetrics.Read(await http.GetStringAsync(metricsPage, either.Token));
        }
        catch (Exception error) when ((IsTrouble(error) || error is OperationCanceledException) && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Evidence> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var source = $"connection to {host}:{port}";
        var address = new UriBuilder(Uri.UriSchemeHttps, host, port).Uri;
        using var time = new CancellationTokenSource(ProbePatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        using var http = new HttpClient(beyond()) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        var start = clock.GetTimestamp();
        try
        {
            // Whatever it answers: it was reached, and is who it says.
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new Evidence(source) { LatencyMs = clock.GetElapsedTime(start).TotalMilliseconds };
        }
        catch (Exception error) when (IsTrouble(error))
        {
            return new Evidence(source) { Trouble = $"It cannot be reached: {error.Message}" };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Evidence(source) { Trouble = $"It did not answer within {ProbePatience.TotalSeconds:0} s." };
        }
    }

    /// <summary>A connection that is reset at the moment it is made comes bare, as one of the socket.</summary>
    private static bool IsTrouble(Exception error) => error is HttpRequestException or IOException or SocketException;
}
