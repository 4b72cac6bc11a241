using System.Text;
using System.Text.RegularExpressions;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>What the cloud gets after it was away, in which order, and when.</summary>
public sealed class UpstreamPumpTests : IAsyncLifetime, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgehub-upstream-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _stop = new();
    private readonly RecordedLogs _logs = new();
    private readonly Database _database;
    private readonly CloudFile _cloud;
    private readonly MessageStore _store;
    private readonly StoredEndpoint _endpoint;
    private readonly HubMetrics _metrics;
    private readonly CloudLink _link;
    private readonly UpstreamPump _pump;
    private Task _running = Task.CompletedTask;

    public UpstreamPumpTests()
    {
        _database = Database.Open(Path.Combine(_directory, "hub"));
        _cloud = new CloudFile(Path.Combine(_directory, "cloud.jsonl"), "edge-1");
        _store = new MessageStore(_database);
        _endpoint = _store.Open(RouteEndpoint.Upstream);
        var loggers = new LoggerFactory([_logs]);
        var options = new HubOptions("hub", "gateway", "edge-1", 0, _directory, "", HubEnvironment.Default, [], new Dictionary<string, JObject>());
        _metrics = new HubMetrics(options, _clock);
        _link = new CloudLink(new UpstreamStart(Online: false, UpstreamQuality.Good, Seed: 1), _metrics, loggers);
        _pump = new UpstreamPump(_endpoint, _store, _cloud, _link, new ExpiryLog(_metrics, loggers), _metrics, _clock, loggers);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public void Dispose()
    {
        _cloud.Dispose();
        _database.Dispose();
        _stop.Dispose();
        _logs.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Online_BatchOfAHundredInHand_GoesBeforeABetterPriority()
    {
        for (var i = 0; i < 120; i++) Accept($"{i}", priority: 5);
        await StartAsync();
        Accept("alarm", priority: 0);
        await ComeOnlineAsync(121);
        Assert.Equal([.. Enumerable.Range(0, 100).Select(i => $"{i}"), "alarm", .. Enumerable.Range(100, 20).Select(i => $"{i}")], Sent());
    }

    [Fact]
    public async Task Online_SeveralSenders_EachInItsOrder()
    {
        for (var i = 0; i < 250; i++) Accept($"{i}", priority: 5, module: i % 3 == 0 ? "a" : "b");
        await StartAsync();
        await ComeOnlineAsync(250);
        foreach (var sender in new[] { "a", "b" })
        {
            var numbers = Lines().Where(line => (string)line["moduleId"]! == sender).Select(line => (int)line["messageId"]!).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public async Task Online_AfterALongAbsence_ComesWithTheBackoff()
    {
        Accept("1", priority: 5);
        await StartAsync();
        // The fifth attempt has failed; the sixth comes 1 + 15 seconds later, give or take a fifth.
        await Eventually.IsTrueAsync(() => Attempts == 5, _clock);
        _link.Online = true;
        var back = _clock.GetUtcNow();
        await Eventually.IsTrueAsync(() => _endpoint.Book.QueuedMessages == 0, _clock);
        Assert.InRange((_clock.GetUtcNow() - back).TotalSeconds, 12, 25);
        Assert.Equal(5, Attempts);
    }

    [Fact]
    public async Task Online_WhatExpiredMeanwhile_IsCountedAndTheBatchInHandIsNot()
    {
        for (var i = 0; i < 100; i++) Accept($"{i}", priority: 5, seconds: 5);
        await StartAsync();
        Accept("expired", priority: 5, seconds: 5);
        Accept("kept", priority: 5, seconds: 500);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await ComeOnlineAsync(101);
        Assert.Equal([.. Enumerable.Range(0, 100).Select(i => $"{i}"), "kept"], Sent());
        var book = _endpoint.Book;
        Assert.Equal((102, 101, 1, 0), (book.AcceptedReadings, book.AcknowledgedReadings, book.ExpiredReadings, book.QueuedReadings));
        Assert.Contains(_logs.Lines, line => line.StartsWith("Warning: Dropped 1 messages for iothub", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_SlowCloud_TakesThatLongForEachCallOfASender()
    {
        for (var i = 0; i < 25; i++) Accept($"a{i}", priority: 5, module: "a");
        for (var i = 0; i < 25; i++) Accept($"b{i}", priority: 5, module: "b");
        var start = _clock.GetUtcNow();
        _link.Online = true;
        _link.Quality = new UpstreamQuality(TimeSpan.FromSeconds(5), 0);
        await StartAsync();
        await Eventually.IsTrueAsync(() => _endpoint.Book.QueuedMessages == 0, _clock);
        Assert.InRange((_clock.GetUtcNow() - start).TotalSeconds, 15, 20);
        Assert.Equal([.. Ids("a", 0, 10), .. Ids("b", 0, 10), .. Ids("a", 10, 10), .. Ids("b", 10, 10), .. Ids("a", 20, 5), .. Ids("b", 20, 5)], Sent());
        Assert.Equal(0, Attempts);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    public async Task Send_LossyCloud_LosesNothingAndKeepsTheOrderOfEachSender(double percent)
    {
        for (var i = 0; i < 120; i++) Accept($"{i}", priority: 5, module: i % 3 == 0 ? "a" : "b");
        _link.Online = true;
        _link.Quality = new UpstreamQuality(TimeSpan.FromMilliseconds(1), percent);
        await StartAsync();
        await Eventually.IsTrueAsync(() => Lines().Count == 120 && _endpoint.Book.QueuedMessages == 0, _clock);
        foreach (var sender in new[] { "a", "b" })
        {
            var numbers = Lines().Where(line => (string)line["moduleId"]! == sender).Select(line => (int)line["messageId"]!).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.True(Attempts > 0);
        Assert.Equal((120, 120), (_store.Cloud.Messages, _endpoint.Book.AcknowledgedMessages));
    }

    [Fact]
    public async Task Send_AllIsLost_WaitsUntilItIsNot()
    {
        Accept("1", priority: 5);
        _link.Online = true;
        _link.Quality = new UpstreamQuality(TimeSpan.Zero, 100);
        await StartAsync();
        await Eventually.IsTrueAsync(() => Attempts == 3, _clock);
        Assert.Empty(Lines());
        Assert.Contains(_logs.Lines, line => line == "Information: Each call to the upstream takes 0 ms longer, and 100 % of them fail.");
        _link.Quality = UpstreamQuality.Good;
        await Eventually.IsTrueAsync(() => Lines().Count == 1, _clock);
    }

    [Fact]
    public async Task Send_CloudGoesInMidCall_SendsItAgain()
    {
        Accept("1", priority: 5);
        _link.Online = true;
        _link.Quality = new UpstreamQuality(TimeSpan.FromSeconds(10), 0);
        await StartAsync();
        _link.Online = false;
        await Eventually.IsTrueAsync(() => Attempts == 2, _clock);
        Assert.Empty(Lines());
        _link.Online = true;
        await Eventually.IsTrueAsync(() => _endpoint.Book.QueuedMessages == 0, _clock);
        Assert.Equal(["1"], Sent());
    }

    private static IEnumerable<string> Ids(string module, int first, int count) => Enumerable.Range(first, count).Select(i => $"{module}{i}");

    private void Accept(string id, int priority, uint seconds = 0, string module = "source") => _store.Accept(
        new HubMessage(module, "out", _clock.GetUtcNow(), [], [new("messageId", id)], "{}"u8.ToArray()),
        [new RouteTarget(RouteEndpoint.Upstream, priority, seconds)],
        null);

    /// <summary>Until the pump has a batch in hand.</summary>
    private async Task StartAsync()
    {
        _running = Task.Run(() => _pump.RunAsync(_stop.Token));
        await Eventually.IsTrueAsync(() => _store.Peek(_endpoint, 1)[0][0].Taken);
    }

    private async Task ComeOnlineAsync(int messages)
    {
        _link.Online = true;
        await Eventually.IsTrueAsync(() => _endpoint.Book is { QueuedMessages: 0 } && Lines().Count == messages, _clock);
    }

    /// <summary>Attempts that failed.</summary>
    private int Attempts => Regex.Match(Page(), """edgehub_operation_retry_total\{[^}]*id="iothub"[^}]*\} (\d+)""") is { Success: true } line
        ? int.Parse(line.Groups[1].Value)
        : 0;

    private string Page() => Encoding.UTF8.GetString(_metrics.WritePageAsync(CancellationToken.None).GetAwaiter().GetResult());

    private IEnumerable<string> Sent() => Lines().Select(line => (string)line["messageId"]!);

    private IReadOnlyList<JObject> Lines()
    {
        using var file = new StreamReader(new FileStream(Path.Combine(_directory, "cloud.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. file.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JObject.Parse)];
    }
}
