using System.Net;
using EdgeModules.Testing;
using EdgeSimulator.Control;
using EdgeSimulator.Terminals;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Control;

public sealed class ControlApiTests : IAsyncLifetime, IDisposable
{
    private readonly ControlledRun _run = new();
    private readonly HttpClient _http = new();

    private FakeHub Hub => _run.Hub;

    private ControlClient Client => _run.Client;

    private Terminal Terminal => _run.Terminal.Terminal;

    public Task InitializeAsync() => _run.StartAsync();

    public Task DisposeAsync() => _run.EndAsync();

    public void Dispose()
    {
        _http.Dispose();
        _run.Dispose();
    }

    [Fact]
    public async Task TwinGet_Module_ShowsItsTwin()
    {
        Assert.Equal(0, await TwinVerbs.GetAsync(Client, "FilterModule", Terminal, CancellationToken.None));
        Assert.True(JToken.DeepEquals(Hub.GetTwin("FilterModule"), JObject.Parse(_run.Terminal.Text)));
    }

    [Fact]
    public async Task TwinSet_Applied_PrintsTheAcknowledgement()
    {
        Hub.Report("FilterModule", JObject.Parse("""{"settings":{"version":1,"status":"applied","errors":[]}}"""));
        var setting = TwinVerbs.SetAsync(Client, "FilterModule", ["deadbands.temperature=5", "maxSilenceSeconds=null"], Terminal, TimeProvider.System, CancellationToken.None);
        await Waiting.ForAsync(() => Hub.GetTwin("FilterModule")["desired"]!.Value<long>("$version") == 2, "the patch");
        Assert.Equal(5, Hub.GetTwin("FilterModule")["desired"]!["deadbands"]!.Value<int>("temperature"));
        Hub.Report("FilterModule", JObject.Parse("""
            {"deadbands":{"value":{"temperature":5},"ac":200,"av":2,"ad":""},"settings":{"version":2,"status":"applied","errors":[]}}
            """));
        Assert.Equal(0, await setting);
        Assert.Equal(["deadbands: ac 200, av 2", "maxSilenceSeconds: not reported", "settings: applied, version 2"], Lines());
    }

    [Fact]
    public async Task TwinSet_Rejected_PrintsWhyAndFails()
    {
        Hub.Report("FilterModule", JObject.Parse("""
            {"deadbands":{"value":{},"ac":400,"av":2,"ad":"temperature is -1"},"settings":{"version":2,"status":"rejected","errors":["deadbands.temperature is -1; it must be 0 or more."]}}
            """));
        Assert.Equal(1, await TwinVerbs.SetAsync(Client, "FilterModule", ["deadbands.temperature=-1"], Terminal, TimeProvider.System, CancellationToken.None));
        Assert.Equal(
            ["deadbands: ac 400, av 2, ad \"temperature is -1\"", "settings: rejected, version 2", "  deadbands.temperature is -1; it must be 0 or more."],
            Lines());
    }

    [Theory]
    [InlineData("storeAndForwardConfiguration.timeToLiveSecs=60", 200, "", 0, new[] { "lastDesiredStatus: 200, version 2" })]
    [InlineData("routes.a=5", 400, "routes.a is 5", 1, new[] { "lastDesiredStatus: 400, version 2", "  routes.a is 5" })]
    public async Task TwinSet_OfTheHub_PrintsItsOwnAcknowledgement(string assignment, int code, string description, int exitCode, string[] lines)
    {
        Hub.Report("$edgeHub", new JObject
        {
            ["lastDesiredVersion"] = 2,
            ["lastDesiredStatus"] = new JObject { ["code"] = code, ["description"] = description },
        });
        var setting = TwinVerbs.SetAsync(
            Client, "$edgeHub", [assignment], Terminal, TimeProvider.System, CancellationToken.None);
        Assert.Equal(exitCode, await setting);
        Assert.Equal(lines, Lines());
        Assert.Equal(assignment[(assignment.IndexOf('=') + 1)..], (string)Hub.GetTwin("$edgeHub")["desired"]!.SelectToken(assignment.Split('=')[0])!);
    }

    [Fact]
    public async Task TwinSet_OfTheHubThatRefusesWhatItReportedAsGood_SaysSoAndEndsWith1()
    {
        Hub.Report("$edgeHub", JObject.Parse("""{"lastDesiredVersion":2,"lastDesiredStatus":{"code":200,"description":""}}"""));
        Hub.ConfigurationRefusal = "Route 'a' does not fit together.";
        Assert.Equal(1, await TwinVerbs.SetAsync(Client, "$edgeHub", ["routes.a=b"], Terminal, TimeProvider.System, CancellationToken.None));
        Assert.Equal("lastDesiredStatus: 200, version 2", Lines()[0]);
        Assert.Matches("^  Not in force all the same: .* Route 'a' does not fit together.$", string.Join(' ', Lines()[1..]));
    }

    [Fact]
    public async Task Status_Run_IsShown()
    {
        Assert.Equal(0, await StatusVerb.RunAsync(Client, asJson: false, Terminal, CancellationToken.None));
        Assert.Matches(@"FilterModule \| running +\| 1 +\| 0 +\| 0 +\| 0 +\| yes", _run.Terminal.Text);
        Assert.Matches(@"SensorModule \| stopped +\| +\| 0 +\| 0 +\| 0 +\| no", _run.Terminal.Text);
        Assert.Matches(@"iothub +\| 2 ", _run.Terminal.Text);
        Assert.Contains("Cloud online: 0 messages", _run.Terminal.Text);
    }

    [Fact]
    public async Task Call_UnknownModule_IsRefusedByName() => Assert.Equal(
        "There is no module Gone; the modules are FilterModule, SensorModule.",
        (await Assert.ThrowsAsync<SimulatorException>(() => Client.GetTwinAsync("Gone", CancellationToken.None))).Message);

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://localhost")]
    public async Task Call_ThatAWebPageCouldMake_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_run.Port}/status");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task StatusAsJson_Run_IsTheAnswerOfTheApi()
    {
        Assert.Equal(0, await StatusVerb.RunAsync(Client, asJson: true, Terminal, CancellationToken.None));
        var status = JObject.Parse(_run.Terminal.Text);
        Assert.Equal("FilterModule", status["modules"]![0]!.Value<string>("name"));
        Assert.True(status["cloud"]!.Value<bool>("online"));
    }

    [Theory]
    [InlineData("modules/FilterModule/twin/desired", "[1]", HttpStatusCode.BadRequest)]
    [InlineData("modules/FilterModule/twin/desired", "{", HttpStatusCode.BadRequest)]
    [InlineData("modules/Gone/twin/desired", "{}", HttpStatusCode.NotFound)]
    [InlineData("nothing", "{}", HttpStatusCode.NotFound)]
    public async Task Call_ThatIsWrong_IsRefusedWithAReason(string path, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body);
        using var response = await _http.PatchAsync($"http://127.0.0.1:{_run.Port}/{path}", content);
        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty(JObject.Parse(await response.Content.ReadAsStringAsync()).Value<string>("error")!);
    }

    [Fact]
    public async Task Start_PortInUse_IsNamed()
    {
        var error = await Assert.ThrowsAsync<SimulatorException>(() => ControlApi.StartAsync(_run.Port, _run.Control, TimeProvider.System, CancellationToken.None));
        Assert.StartsWith($"Port {_run.Port} of the control API (--api-port) cannot be used", error.Message);
    }

    private string[] Lines() => _run.Lines();
}
