using System.Text;
using EdgeSimulator.Agent;
using EdgeSimulator.Control;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Control;

/// <summary>What the verbs do to a run, and what they print, through the control API.</summary>
public sealed class VerbTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ControlledRun _run = new();

    public Task InitializeAsync() => _run.StartAsync();

    public Task DisposeAsync() => _run.EndAsync();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(200, """{"a":[1]}""", 0, "status 200\n{\n  \"a\": [\n    1\n  ]\n}")]
    [InlineData(399, "\"x\"", 0, "status 399\n\"x\"")]
    [InlineData(400, "null", 1, "status 400\nno payload")]
    [InlineData(501, null, 1, "status 501\nno payload")]
    [InlineData(-1, null, 1, "status -1\nno payload")]
    public async Task Invoke_Answer_IsPrintedAndItsStatusDecidesTheExitCode(int status, string? payload, int exitCode, string printed)
    {
        _run.Hub.Answer = (module, method) => (module, method) == ("FilterModule", "ping")
            ? new MethodResult(status, payload is null ? null : JToken.Parse(payload))
            : throw new SimulatorException("Another was called.");
        var call = new MethodCall("FilterModule", "ping", new JObject(), Timeout);
        Assert.Equal(exitCode, await InvokeVerb.RunAsync(_run.Client, call, asJson: false, _run.Terminal.Terminal, CancellationToken.None));
        Assert.Equal(printed, string.Join('\n', _run.Lines()));
    }

    [Fact]
    public async Task InvokeAsJson_Answer_IsOneLine()
    {
        _run.Hub.Answer = (_, _) => new MethodResult(200, new JObject { ["a"] = 1 });
        await InvokeVerb.RunAsync(_run.Client, new MethodCall("FilterModule", "ping", null, Timeout), asJson: true, _run.Terminal.Terminal, CancellationToken.None);
        Assert.Equal("""{"status":200,"payload":{"a":1}}""", Assert.Single(_run.Lines()));
    }

    [Theory]
    [InlineData("FilterModule", "FilterModule is not connected.")]
    [InlineData("Gone", "There is no module Gone; the modules are FilterModule, SensorModule.")]
    public async Task Invoke_ModuleThatCannotBeAsked_IsRefusedWithTheReason(string module, string message)
    {
        var call = new MethodCall(module, "ping", null, Timeout);
        var error = await Assert.ThrowsAsync<SimulatorException>(
            () => InvokeVerb.RunAsync(_run.Client, call, asJson: false, _run.Terminal.Terminal, CancellationToken.None));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task OfflineAndOnline_Cloud_IsSwitchedOnceAndItsQueueShown()
    {
        await CloudVerbs.SwitchAsync(_run.Client, online: false, _run.Terminal.Terminal, CancellationToken.None);
        Assert.False(_run.Hub.UpstreamOnline);
        await CloudVerbs.SwitchAsync(_run.Client, online: false, _run.Terminal.Terminal, CancellationToken.None);
        _run.Hub.Status = _run.Hub.Status with { Endpoints = [HubStatuses.Cloud(5, 5)] };
        await CloudVerbs.SwitchAsync(_run.Client, online: true, _run.Terminal.Terminal, CancellationToken.None);
        Assert.True(_run.Hub.UpstreamOnline);
        Assert.Equal(
            [
                "The cloud is offline; queued for it: 2 messages (2 readings).",
                "The cloud was already offline; queued for it: 2 messages (2 readings).",
                "The cloud is online; nothing is queued for it.",
            ],
            _run.Lines());
        Assert.Equal(["The cloud cannot be reached from now on, by hand.", "The cloud can be reached again, by hand."], _run.Announced);
    }

    [Fact]
    public async Task CloudLatencyAndLoss_OneAfterTheOther_ChangeOnlyWhatTheyName()
    {
        await CloudVerbs.SetQualityAsync(_run.Client, new CloudQualityChange(1500, null), _run.Terminal.Terminal, CancellationToken.None);
        await CloudVerbs.SetQualityAsync(_run.Client, new CloudQualityChange(null, 2.5), _run.Terminal.Terminal, CancellationToken.None);
        await CloudVerbs.SetQualityAsync(_run.Client, new CloudQualityChange(null, 2.5), _run.Terminal.Terminal, CancellationToken.None);
        Assert.Equal(new UpstreamQuality(TimeSpan.FromMilliseconds(1500), 2.5), _run.Hub.UpstreamQuality);
        Assert.Equal(
            [
                "Calls to the cloud take 1500 ms longer, and 0 % of them fail.",
                "Calls to the cloud take 1500 ms longer, and 2.5 % of them fail.",
                "Calls to the cloud take 1500 ms longer, and 2.5 % of them fail.",
            ],
            _run.Lines());
        Assert.Equal(2, _run.Announced.Count);
        await StatusVerb.RunAsync(_run.Client, asJson: false, _run.Terminal.Terminal, CancellationToken.None);
        Assert.Contains("Cloud online, calls take 1500 ms longer, 2.5 % fail: 0 messages", _run.Terminal.Text);
    }

    [Fact]
    public async Task CloudLatency_OutOfRange_IsRefusedByTheSimulatorToo()
    {
        var error = await Assert.ThrowsAsync<SimulatorException>(
            () => CloudVerbs.SetQualityAsync(_run.Client, new CloudQualityChange(20_000, null), _run.Terminal.Terminal, CancellationToken.None));
        Assert.Equal("latencyMs is 20000; it must be a number from 0 to 19000.", error.Message);
        Assert.Equal(UpstreamQuality.Good, _run.Hub.UpstreamQuality);
    }

    [Fact]
    public async Task StopAndStart_Module_AreDoneAndSaid()
    {
        Assert.Equal(0, await ModuleVerbs.StopAsync(_run.Client, "FilterModule", _run.Terminal.Terminal, CancellationToken.None));
        Assert.Equal(ModuleRuntimeStatus.Stopped, _run.Fleet.States[0].Status);
        _run.Hub.Status = _run.Hub.Status with { ConnectedModules = [] };
        var starting = StartAsync("FilterModule", ModuleCommand.Start);
        await EdgeModules.Testing.Waiting.ForAsync(() => _run.Fleet.States[0].Status == ModuleRuntimeStatus.Running, "the start");
        Assert.False(starting.IsCompleted);
        _run.Hub.Status = _run.Hub.Status with { ConnectedModules = ["FilterModule"] };
        Assert.Equal(0, await starting);
        Assert.Equal(["FilterModule is stopped; \"start FilterModule\" brings it back.", "FilterModule is running as process 1, connected."], _run.Lines());
    }

    [Fact]
    public async Task Restart_ModuleThatEndsAgain_SaysSoAndFails()
    {
        _run.Hub.Status = _run.Hub.Status with { ConnectedModules = [] };
        var restarting = StartAsync("FilterModule", ModuleCommand.Restart);
        await EdgeModules.Testing.Waiting.ForAsync(() => _run.Fleet.States[0].RestartsByHand == 1, "the restart");
        _run.Fleet.Set("FilterModule", ModuleRuntimeStatus.Backoff);
        Assert.Equal(1, await restarting);
        Assert.Equal("FilterModule has ended again (status backoff); see \"logs FilterModule\".", Assert.Single(_run.Lines()));
    }

    [Fact]
    public async Task Start_ModuleThatIsConnectedFromElsewhere_IsRefused()
    {
        await ModuleVerbs.StopAsync(_run.Client, "FilterModule", _run.Terminal.Terminal, CancellationToken.None);
        var error = await Assert.ThrowsAsync<SimulatorException>(() => StartAsync("FilterModule", ModuleCommand.Start));
        Assert.Equal("FilterModule is connected, though this simulator does not run it; end that one first.", error.Message);
    }

    [Fact]
    public async Task Stop_WithOnlyTheHub_IsRefused()
    {
        using var run = new ControlledRun(hubOnly: true);
        await run.StartAsync();
        var error = await Assert.ThrowsAsync<SimulatorException>(
            () => ModuleVerbs.StopAsync(run.Client, "FilterModule", run.Terminal.Terminal, CancellationToken.None));
        await run.EndAsync();
        Assert.Equal("This simulator runs only the hub (--only hub): it starts and stops no module.", error.Message);
    }

    [Theory]
    [InlineData("[]", false, 0, "0 readings.")]
    [InlineData("[1,[2,3],{}]", false, 3, "3 readings.")]
    [InlineData("""{"a":[1,2]}""", false, 1, "1 reading.")]
    [InlineData("7", false, 1, "1 reading.")]
    [InlineData("[1,", true, 1, "1 reading.")]
    [InlineData("[1,2]", true, 2, "2 readings.")]
    public async Task Send_Body_IsPassedOnAsItIsWithTheNumberOfItsReadings(string body, bool raw, long readings, string printed)
    {
        var message = SendVerb.Compose(Encoding.UTF8.GetBytes(body), raw, [new("priority", "critical")]);
        Assert.Equal(0, await SendVerb.RunAsync(_run.Client, "FilterModule", "readings", message, _run.Terminal.Terminal, CancellationToken.None));
        var (module, input, sent) = Assert.Single(_run.Hub.Sent);
        Assert.Equal(("FilterModule", "readings", body, readings), (module, input, Encoding.UTF8.GetString(sent.Body.Span), sent.Readings));
        Assert.Equal([new("priority", "critical")], sent.Properties);
        Assert.Equal($"Queued for FilterModule/readings: message message-1, {printed}", Assert.Single(_run.Lines()));
    }

    [Fact]
    public async Task Send_ToAModuleThatIsAway_SaysWhenItTakesIt()
    {
        await SendVerb.RunAsync(_run.Client, "SensorModule", "x", SendVerb.Compose("1"u8.ToArray(), false, []), _run.Terminal.Terminal, CancellationToken.None);
        Assert.EndsWith("1 reading; SensorModule is not connected and takes it once it is.", Assert.Single(_run.Lines()));
    }

    [Fact]
    public void Compose_BodyOverTheLimit_IsRefused() => Assert.Equal(
        "The body has 262,145 bytes; a message of IoT Hub has at most 262,144.",
        Assert.Throws<SimulatorException>(() => SendVerb.Compose(new byte[262_145], raw: true, [])).Message);

    [Fact]
    public async Task Send_LargestBody_FitsIntoTheRequest()
    {
        var message = SendVerb.Compose(Encoding.UTF8.GetBytes('"' + new string('x', 262_142) + '"'), false, []);
        await SendVerb.RunAsync(_run.Client, "FilterModule", "readings", message, _run.Terminal.Terminal, CancellationToken.None);
        Assert.Equal(262_144, Assert.Single(_run.Hub.Sent).Message.Body.Length);
    }

    private Task<int> StartAsync(string module, ModuleCommand command) =>
        ModuleVerbs.StartAsync(_run.Client, module, command, _run.Terminal.Terminal, TimeProvider.System, CancellationToken.None);
}
