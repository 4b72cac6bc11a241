using System.Net;
using EdgeModules.Testing;
using EdgeSimulator.Control;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Control;

public sealed class ControlApiTests : IAsyncLifetime, IDisposable
{
    private readonly FakeHub _hub = new() { Status = HubStatuses.Empty with { ConnectedModules = ["FilterModule"], Endpoints = [HubStatuses.Cloud(5, 3, 2)] } };
    private readonly TestTerminal _terminal = new();
    private readonly int _port = Ports.Free();
    private readonly HttpClient _http = new();
    private ControlApi? _api;
    private ControlClient? _client;

    public async Task InitializeAsync()
    {
        _api = await ControlApi.StartAsync(_port, Control(), CancellationToken.None);
        _client = new ControlClient(_port);
    }

    public async Task DisposeAsync() => await _api!.DisposeAsync();

    public void Dispose()
    {
        _client?.Dispose();
        _http.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task TwinGet_Module_ShowsItsTwin()
    {
        Assert.Equal(0, await TwinVerbs.GetAsync(_client!, "FilterModule", _terminal.Terminal, CancellationToken.None));
        Assert.True(JToken.DeepEquals(_hub.GetTwin("FilterModule"), JObject.Parse(_terminal.Text)));
    }

    [Fact]
    public async Task TwinSet_Applied_PrintsTheAcknowledgement()
    {
        _hub.Report("FilterModule", JObject.Parse("""{"settings":{"version":1,"status":"applied","errors":[]}}"""));
        var setting = TwinVerbs.SetAsync(_client!, "FilterModule", ["deadbands.temperature=5", "maxSilenceSeconds=null"], _terminal.Terminal, TimeProvider.System, CancellationToken.None);
        await Waiting.ForAsync(() => _hub.GetTwin("FilterModule")["desired"]!.Value<long>("$version") == 2, "the patch");
        Assert.Equal(5, _hub.GetTwin("FilterModule")["desired"]!["deadbands"]!.Value<int>("temperature"));
        _hub.Report("FilterModule", JObject.Parse("""
            {"deadbands":{"value":{"temperature":5},"ac":200,"av":2,"ad":""},"settings":{"version":2,"status":"applied","errors":[]}}
            """));
        Assert.Equal(0, await setting);
        Assert.Equal(["deadbands: ac 200, av 2", "maxSilenceSeconds: not reported", "settings: applied, version 2"], Lines());
    }

    [Fact]
    public async Task TwinSet_Rejected_PrintsWhyAndFails()
    {
        _hub.Report("FilterModule", JObject.Parse("""
            {"deadbands":{"value":{},"ac":400,"av":2,"ad":"temperature is -1"},"settings":{"version":2,"status":"rejected","errors":["deadbands.temperature is -1; it must be 0 or more."]}}
            """));
        Assert.Equal(1, await TwinVerbs.SetAsync(_client!, "FilterModule", ["deadbands.temperature=-1"], _terminal.Terminal, TimeProvider.System, CancellationToken.None));
        Assert.Equal(
            ["deadbands: ac 400, av 2, ad \"temperature is -1\"", "settings: rejected, version 2", "  deadbands.temperature is -1; it must be 0 or more."],
            Lines());
    }

    [Theory]
    [InlineData(200, "", 0, new[] { "lastDesiredStatus: 200, version 2" })]
    [InlineData(400, "routes.a is 5", 1, new[] { "lastDesiredStatus: 400, version 2", "  routes.a is 5" })]
    public async Task TwinSet_OfTheHub_PrintsItsOwnAcknowledgement(int code, string description, int exitCode, string[] lines)
    {
        _hub.Report("$edgeHub", new JObject
        {
            ["lastDesiredVersion"] = 2,
            ["lastDesiredStatus"] = new JObject { ["code"] = code, ["description"] = description },
        });
        var setting = TwinVerbs.SetAsync(
            _client!, "$edgeHub", ["storeAndForwardConfiguration.timeToLiveSecs=60"], _terminal.Terminal, TimeProvider.System, CancellationToken.None);
        Assert.Equal(exitCode, await setting);
        Assert.Equal(lines, Lines());
        Assert.Equal(60, (int)_hub.GetTwin("$edgeHub")["desired"]!.SelectToken("storeAndForwardConfiguration.timeToLiveSecs")!);
    }

    [Fact]
    public async Task Status_Run_IsShown()
    {
        Assert.Equal(0, await StatusVerb.RunAsync(_client!, _terminal.Terminal, CancellationToken.None));
        Assert.Matches(@"FilterModule \| running +\| 1 +\| 0 +\| 0 +\| yes", _terminal.Text);
        Assert.Matches(@"SensorModule \| stopped +\| +\| 0 +\| 0 +\| no", _terminal.Text);
        Assert.Matches(@"iothub +\| 2 ", _terminal.Text);
        Assert.Contains("Cloud online: 0 messages", _terminal.Text);
    }

    [Fact]
    public async Task Call_UnknownModule_IsRefusedByName() => Assert.Equal(
        "There is no module Gone; the modules are FilterModule, SensorModule.",
        (await Assert.ThrowsAsync<SimulatorException>(() => _client!.GetTwinAsync("Gone", CancellationToken.None))).Message);

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://localhost")]
    public async Task Call_ThatAWebPageCouldMake_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port}/status");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("modules/FilterModule/twin/desired", "[1]", HttpStatusCode.BadRequest)]
    [InlineData("modules/FilterModule/twin/desired", "{", HttpStatusCode.BadRequest)]
    [InlineData("modules/Gone/twin/desired", "{}", HttpStatusCode.NotFound)]
    [InlineData("nothing", "{}", HttpStatusCode.NotFound)]
    public async Task Call_ThatIsWrong_IsRefusedWithAReason(string path, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body);
        using var response = await _http.PatchAsync($"http://127.0.0.1:{_port}/{path}", content);
        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty(JObject.Parse(await response.Content.ReadAsStringAsync()).Value<string>("error")!);
    }

    [Fact]
    public async Task Start_PortInUse_IsNamed()
    {
        var error = await Assert.ThrowsAsync<SimulatorException>(() => ControlApi.StartAsync(_port, Control(), CancellationToken.None));
        Assert.StartsWith($"Port {_port} of the control API (--api-port) cannot be used", error.Message);
    }

    private SimulatorControl Control() => new(_hub, ["FilterModule", "SensorModule"], new FakeFleet("FilterModule"), TimeProvider.System);

    private string[] Lines() => _terminal.Text.TrimEnd().ReplaceLineEndings("\n").Split('\n');
}
