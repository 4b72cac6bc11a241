using System.Collections.Concurrent;
using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection;

/// <summary>What every <see cref="IModuleClient"/> must do, against the simulated hub over TLS: <c>Sender</c> sends to <c>Receiver</c>.</summary>
public abstract class ModuleClientContract : IAsyncLifetime, IDisposable
{
    private const string CreationTime = "2026-01-31T12:00:00.0000000Z";

    private readonly ConcurrentQueue<InboundMessage> _received = new();
    private readonly ConcurrentQueue<ModuleTwin> _twins = new();
    private readonly List<IModuleClient> _clients = [];
    private readonly RecordingLogger _hubLog = new();

    /// <param name="port">The hub's; 0 for any that is free.</param>
    protected ModuleClientContract(int port = 0) => Loopback = new LoopbackHub(
        new Dictionary<string, string> { ["r"] = "FROM /messages/modules/Sender/outputs/out INTO BrokeredEndpoint(\"/modules/Receiver/inputs/in\")" },
        new Dictionary<string, JObject> { ["Sender"] = [], ["Receiver"] = new() { ["limit"] = 5 } },
        ackTimeout: TimeSpan.FromSeconds(1),
        loggers: _hubLog,
        port: port);

    protected LoopbackHub Loopback { get; }

    /// <summary>
    /// Whether a message that arrives just as the connection is renewed may stay unacknowledged there, so that the hub repeats it: it was not handled before.
    /// </summary>
    protected virtual bool MayLeaveAMessageToTheNextConnection => false;

    protected abstract IModuleClient Create(string module, TimeSpan? tokenLife = null);

    public virtual Task InitializeAsync() => Loopback.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await Loopback.DisposeAsync();
    }

    public void Dispose()
    {
        _hubLog.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public async Task OpenAsync_WithAModelId_TheHubIsToldIt()
    {
        await OpenAsync("Receiver");
        Assert.Contains(_hubLog.Lines, line => line.Text == "Receiver connected; its Plug and Play model is dtmi:edgemodules:Receiver;1.");
    }

    [SkippableFact]
    public async Task SendAsync_MessageWithProperties_ArrivesWithThemInOrder()
    {
        await OpenAsync("Receiver");
        var sender = await OpenAsync("Sender");
        for (var i = 0; i < 5; i++) await sender.SendAsync(Message($"m/{i} ü"), CancellationToken.None);
        await Waiting.ForAsync(() => _received.Count == 5, "five messages have arrived");

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"m/{i} ü"), _received.Select(message => message.Properties[SystemProperties.MessageId]));
        var first = _received.First();
        Assert.Equal("in", first.Input);
        Assert.Equal("""[{"a":"ü"}]""", Encoding.UTF8.GetString(first.Body.Span));
        Assert.Equal("Sender", first.Properties[SystemProperties.ConnectionModuleId]);
        Assert.Equal(LoopbackHub.Device, first.Properties[SystemProperties.ConnectionDeviceId]);
        Assert.Equal(("application/json", "utf-8"), (first.Properties[SystemProperties.ContentType], first.Properties[SystemProperties.ContentEncoding]));
        Assert.Equal(("c/1", CreationTime), (first.Properties[SystemProperties.CorrelationId], first.Properties[SystemProperties.CreationTime]));
        Assert.Equal(("reading", "normal", "1", "a=b&c"), (first.Properties["messageType"], first.Properties["priority"], first.Properties["count"], first.Properties["odd key/"]));
    }

    [SkippableFact]
    public async Task SendAsync_LargestBody_Arrives()
    {
        await OpenAsync("Receiver");
        var sender = await OpenAsync("Sender");
        var body = Encoding.UTF8.GetBytes($"\"{new string('x', MessageLimits.EmittedBody - 2)}\"");
        await sender.SendAsync(Message("large") with { Body = body }, CancellationToken.None);
        await Waiting.ForAsync(() => _received.Count == 1, "the message has arrived");
        Assert.True(body.AsSpan().SequenceEqual(_received.Single().Body.Span));
    }

    [SkippableFact]
    public async Task OnMessage_WhileOneIsInHand_NoOtherIsGiven()
    {
        var inHand = new TaskCompletionSource();
        var given = 0;
        await OpenAsync("Receiver", async _ =>
        {
            Interlocked.Increment(ref given);
            await inHand.Task;
        });
        var sender = await OpenAsync("Sender");
        for (var i = 0; i < 3; i++) await sender.SendAsync(Message($"{i}"), CancellationToken.None);
        // The hub's time-out passes meanwhile and brings the first message again, which must wait like any other.
        await Waiting.ForAsync(() => Loopback.Hub.GetStatus().Endpoints.Single(e => e.Module == "Receiver").Redeliveries >= 1, "the hub has repeated the message");
        Assert.Equal(1, given);
        inHand.SetResult();
        await Loopback.WaitUntilQuietAsync();
    }

    [SkippableFact]
    public async Task OnMessage_HandlerFails_MessageComesAgain()
    {
        var attempts = new ConcurrentQueue<string>();
        await OpenAsync("Receiver", message =>
        {
            attempts.Enqueue(message.Properties[SystemProperties.MessageId]);
            return attempts.Count == 1 ? throw new InvalidOperationException("Bang.") : Task.CompletedTask;
        });
        var sender = await OpenAsync("Sender");
        await sender.SendAsync(Message("a"), CancellationToken.None);
        await sender.SendAsync(Message("b"), CancellationToken.None);
        await Waiting.ForAsync(() => attempts.Count >= 3, "the message has come again, and the next");
        Assert.Equal(["a", "a", "b"], attempts);
    }

    [SkippableFact]
    public async Task SendAsync_HubAwayAndBack_WaitsAndArrives()
    {
        await OpenAsync("Receiver");
        var sender = await OpenAsync("Sender");
        await Loopback.StopAsync();
        var sending = sender.SendAsync(Message("through the outage"), CancellationToken.None);
        Assert.False(sending.IsCompleted);
        await Loopback.StartAgainAsync();
        await sending.WaitAsync(Waiting.Deadline);
        await Waiting.ForAsync(() => !_received.IsEmpty, "the message has arrived");
    }

    [SkippableFact]
    public async Task OnTwin_AfterConnectAndChangeAndOutage_HasTheWholeDesiredPropertiesOfEachVersionOnce()
    {
        await OpenAsync("Receiver");
        await Waiting.ForAsync(() => _twins.Count == 1, "the twin has come");
        Loopback.Hub.PatchDesired("Receiver", new JObject { ["zones"] = new JObject { ["a"] = 1 } });
        await Waiting.ForAsync(() => _twins.Count == 2, "the change has come");
        await Loopback.StopAsync();
        await Loopback.StartAgainAsync();
        Loopback.Hub.PatchDesired("Receiver", new JObject { ["limit"] = null, ["zones"] = new JObject { ["b"] = 2 } });
        await Waiting.ForAsync(() => _twins.Last().Desired["$version"]!.Value<long>() == 3, "the change made meanwhile has come");

        AssertJson("""{"limit":5,"$version":1}""", _twins.First().Desired);
        Assert.NotNull(_twins.First().Reported);
        AssertJson("""{"limit":5,"$version":2,"zones":{"a":1}}""", _twins.ElementAt(1).Desired);
        Assert.Null(_twins.ElementAt(1).Reported);
        AssertJson("""{"$version":3,"zones":{"a":1,"b":2}}""", _twins.Last().Desired);
    }

    [SkippableFact]
    public async Task ReportAsync_GoodAndRefusedPatch_IsMergedOrThrows()
    {
        var client = await OpenAsync("Receiver");
        await client.ReportAsync(new JObject { ["a"] = 1, ["b"] = new JObject { ["c"] = "x" } }, CancellationToken.None);
        await client.ReportAsync(new JObject { ["a"] = null }, CancellationToken.None);
        await Assert.ThrowsAsync<TwinRejectedException>(() => client.ReportAsync(new JObject { ["with blank "] = 1 }, CancellationToken.None));
        var reported = (JObject)Loopback.Hub.GetTwin("Receiver")["reported"]!;
        Assert.Equal("x", reported["b"]!["c"]!.Value<string>());
        Assert.Null(reported["a"]);
    }

    [SkippableFact]
    public async Task OnMethod_Call_GetsPayloadAndGivesTheAnswer()
    {
        await OpenAsync("Receiver");
        // The twin is asked for when all subscriptions stand.
        await Waiting.ForAsync(() => !_twins.IsEmpty, "the twin has come");
        var result = await Loopback.Hub.InvokeMethodAsync("Receiver", "echo", new JObject { ["x"] = 1 }, Waiting.Deadline, CancellationToken.None);
        Assert.Equal(200, result.Status);
        AssertJson("""{"name":"echo","payload":{"x":1}}""", result.Payload!);
    }

    [SkippableFact]
    public async Task InvokeMethodAsync_OfAnotherModule_GoesThroughTheHubAndBack()
    {
        var sender = await OpenAsync("Sender");
        var absent = await sender.InvokeMethodAsync("Receiver", new MethodRequest("ping", null), TimeSpan.FromSeconds(5), CancellationToken.None);
        Assert.Equal(404, absent.Status);

        await OpenAsync("Receiver");
        // The twin is asked for when all subscriptions stand.
        await Waiting.ForAsync(() => !_twins.IsEmpty, "the twin has come");
        var pong = await sender.InvokeMethodAsync("Receiver", new MethodRequest("ping", new JObject { ["x"] = "ü" }), TimeSpan.FromSeconds(5), CancellationToken.None);
        Assert.Equal(200, pong.Status);
        AssertJson("""{"name":"ping","payload":{"x":"ü"}}""", pong.Payload!);
    }

    [SkippableFact]
    public async Task TokenRenewed_WhileMessagesFlow_NothingIsLostOrRepeated()
    {
        await OpenAsync("Receiver", tokenLife: TimeSpan.FromSeconds(1));
        var sender = await OpenAsync("Sender");
        // Renewals come every 0.85 s; the hub would hold up the queue and repeat if one came with a message unacknowledged.
        for (var i = 0; _twins.Count < 4; i++)
        {
            await sender.SendAsync(Message($"{i}"), CancellationToken.None);
            // On a slow machine a renewal takes as long as a token lives: what came meanwhile must not be more than is then delivered.
            await Waiting.ForAsync(() => i - _received.Count < 20 || _twins.Count >= 4, "the receiver keeps up");
        }

        await Loopback.WaitUntilQuietAsync();
        var ids = _received.Select(message => int.Parse(message.Properties[SystemProperties.MessageId])).ToList();
        Assert.Equal(Enumerable.Range(0, ids.Count), ids);
        if (!MayLeaveAMessageToTheNextConnection) Assert.Equal(0, Loopback.Hub.GetStatus().Endpoints.Single(e => e.Module == "Receiver").Redeliveries);
    }

    [SkippableFact]
    public async Task StopReceivingAsync_WhileMessagesFlow_EndsWithNothingUnacknowledged()
    {
        var receiver = await OpenAsync("Receiver");
        var sender = await OpenAsync("Sender");
        await sender.SendAsync(Message("first"), CancellationToken.None);
        await Waiting.ForAsync(() => !_received.IsEmpty, "messages flow");
        using var stop = new CancellationTokenSource();
        var flow = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await sender.SendAsync(Message($"{i}"), CancellationToken.None);
        });
        await receiver.StopReceivingAsync(CancellationToken.None);
        var received = _received.Count;
        await receiver.ReportAsync(new JObject { ["last"] = "words" }, CancellationToken.None);
        await receiver.CloseAsync(CancellationToken.None);
        await stop.CancelAsync();
        await flow;

        Assert.Equal(received, _received.Count);
        Assert.Equal(received, Loopback.Hub.GetStatus().Endpoints.Single(e => e.Module == "Receiver").AcknowledgedMessages);
    }

    private async Task<IModuleClient> OpenAsync(string module, Func<InboundMessage, Task>? onMessage = null, TimeSpan? tokenLife = null)
    {
        var client = Create(module, tokenLife);
        _clients.Add(client);
        var handlers = new ModuleClientHandlers(
            async (message, _) =>
            {
                _received.Enqueue(message);
                if (onMessage is not null) await onMessage(message);
            },
            (twin, _) =>
            {
                if (module == "Receiver") _twins.Enqueue(twin);
                return Task.CompletedTask;
            },
            (request, _) => Task.FromResult(new MethodResponse(200, new JObject { ["name"] = request.Name, ["payload"] = request.Payload })));
        await client.OpenAsync(handlers, CancellationToken.None);
        await Waiting.ForAsync(() => Loopback.Hub.GetStatus().ConnectedModules.Contains(module), $"{module} is connected");
        return client;
    }

    private static OutboundMessage Message(string id) => new()
    {
        Output = "out",
        Body = Encoding.UTF8.GetBytes("""[{"a":"ü"}]"""),
        Count = 1,
        MessageType = "reading",
        MessageId = id,
        Properties = new Dictionary<string, string>
        {
            ["odd key/"] = "a=b&c", [SystemProperties.CorrelationId] = "c/1", [SystemProperties.CreationTime] = CreationTime,
        },
    };

    private static void AssertJson(string expected, JToken actual) => Assert.True(JToken.DeepEquals(JToken.Parse(expected), actual), $"{actual} is not {expected}");
}
