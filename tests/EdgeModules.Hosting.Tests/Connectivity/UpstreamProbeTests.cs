using System.Net;
using System.Net.Sockets;
using EdgeModules.Hosting.Connectivity;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Hosting.Tests.Connectivity;

public sealed class UpstreamProbeTests
{
    private static readonly Uri Page = new("http://gateway:9600/metrics");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task LookAsync_PageCanBeRead_IsTheEvidence()
    {
        var pages = new Queue<string>(["edgehub_offline_count_total 0\nedgehub_offline_duration_seconds_count 1", "edgehub_offline_count_total 1\nedgehub_offline_duration_seconds_count 1"]);
        var probe = Probe(_ => Answer(HttpStatusCode.OK, pages.Dequeue()), _ => throw new InvalidOperationException("The page was enough."));

        Assert.Equal(new Evidence("edgeHub's metrics") { Queued = 0 }, await probe.LookAsync("hub.example.com", 443, default));
        Assert.Equal("edgeHub does not reach the cloud.", (await probe.LookAsync("hub.example.com", 443, default)).Trouble);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.OK, "<html></html>")]
    [InlineData(null, "")]
    public async Task LookAsync_NoPageOfEdgeHub_ConnectsBeyond(HttpStatusCode? status, string page)
    {
        Uri? asked = null;
        var probe = Probe(
            _ => status is null ? throw new HttpRequestException("refused") : Answer(status.Value, page),
            request =>
            {
                asked = request.RequestUri;
                _clock.Advance(TimeSpan.FromMilliseconds(120));
                return Answer(HttpStatusCode.Unauthorized, "");
            });

        Assert.Equal(new Evidence("connection to hub.example.com:8443") { LatencyMs = 120 }, await probe.LookAsync("hub.example.com", 8443, default));
        Assert.Equal(new Uri("https://hub.example.com:8443/"), asked);
    }

    public static TheoryData<Exception> Troubles => [new HttpRequestException("gone"), new IOException("gone"), new GoneException()];

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task LookAsync_NothingAnswers_IsAFailureThatSaysWhy(Exception error)
    {
        var probe = Probe(_ => throw error, _ => throw error);

        Assert.Equal("It cannot be reached: gone", (await probe.LookAsync("hub.example.com", 443, default)).Trouble);
    }

    [Fact]
    public async Task LookAsync_NoAnswerInTime_IsAFailure()
    {
        var probe = new UpstreamProbe(Page, new Handler(_ => Answer(HttpStatusCode.NotFound, "")), () => new SilentHandler(_clock), _clock);

        Assert.Equal("It did not answer within 10 s.", (await probe.LookAsync("hub.example.com", 443, default)).Trouble);
    }

    [Fact]
    public async Task LookAsync_Stopping_IsNoFailure()
    {
        var probe = new UpstreamProbe(Page, new SilentHandler(null), () => new SilentHandler(null), _clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.LookAsync("hub.example.com", 443, new CancellationToken(canceled: true)));
    }

    private UpstreamProbe Probe(Func<HttpRequestMessage, HttpResponseMessage> near, Func<HttpRequestMessage, HttpResponseMessage> beyond) =>
        new(Page, new Handler(near), () => new Handler(beyond), _clock);

    private static HttpResponseMessage Answer(HttpStatusCode status, string text) => new(status) { Content = new StringContent(text) };

    private sealed class Handler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }

    /// <summary>What a connection says that was reset at the moment it was made.</summary>
    private sealed class GoneException : SocketException
    {
        public override string Message => "gone";
    }

    /// <summary>Time passes once it was asked.</summary>
    private sealed class SilentHandler(FakeTimeProvider? clock) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var never = new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            clock?.Advance(TimeSpan.FromSeconds(10));
            await never;
            throw new InvalidOperationException("It is cancelled before.");
        }
    }
}
