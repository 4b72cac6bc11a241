using EdgeModules.Hosting.Health;
using EdgeModules.Hosting.Tests.Pump;
using EdgeModules.Hosting.Verbs;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Hosting.Tests.Health;

public sealed class HealthVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly Heartbeat _heartbeat;

    public HealthVerbTests() => _heartbeat = new Heartbeat("module", [_folder.Path]);

    [Fact]
    public void Judge_NoHeartbeat_NamesThePlaces()
    {
        var (code, text) = HealthVerb.Judge(_heartbeat, _clock);

        Assert.Equal(1, code);
        Assert.Matches($"^No heartbeat at {_folder.Path}/edge-module-[0-9a-f]{{16}}: the module does not run, or could not write there.$", text);
    }

    [Theory]
    [InlineData(0, 0, "Alive, 0 s ago: The loop turns.")]
    [InlineData(60, 0, "Alive, 60 s ago: The loop turns.")]
    [InlineData(61, 1, "The last heartbeat is 61 s old; it must be 60 s at most: the process does not run, or is frozen.")]
    [InlineData(-1, 1, "The last heartbeat is of an earlier start of the machine: the module does not run.")]
    public void Judge_AgeOfTheHeartbeat_Decides(int seconds, int code, string text)
    {
        Assert.Null(_heartbeat.Write(new Beat(_clock.GetTimestamp() - (seconds * _clock.TimestampFrequency), true, "The loop turns.")));

        Assert.Equal((code, text), HealthVerb.Judge(_heartbeat, _clock));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 alive")]
    [InlineData("x alive Turns.")]
    [InlineData("12 dead Turns.")]
    [InlineData("99999999999999999999 alive Turns.")]
    public void Judge_FileIsNoHeartbeat_Fails(string content)
    {
        Assert.Null(_heartbeat.Write(new Beat(_clock.GetTimestamp(), true, "Turns.")));
        File.WriteAllText(Assert.Single(Directory.GetFiles(_folder.Path)), content);

        Assert.Equal(1, HealthVerb.Judge(_heartbeat, _clock).Code);
    }

    [Fact]
    public void Write_FirstFolderCannotBeWritten_TakesTheSecond()
    {
        var heartbeat = new Heartbeat("module", [_folder.File("missing"), _folder.Path]);

        Assert.Null(heartbeat.Write(new Beat(_clock.GetTimestamp(), true, "Turns.")));
        Assert.Equal((0, "Alive, 0 s ago: Turns."), HealthVerb.Judge(heartbeat, _clock));
    }

    [SkippableFact]
    public void Write_LinkInItsPlace_IsReplacedAndNotFollowed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        Assert.Null(_heartbeat.Write(new Beat(1, true, "Turns.")));
        var file = Assert.Single(Directory.GetFiles(_folder.Path));
        var victim = _folder.File("victim");
        File.WriteAllText(victim, "mine");
        foreach (var place in new[] { file, $"{file}.new" })
        {
            File.Delete(place);
            File.CreateSymbolicLink(place, victim);
        }

        Assert.Null(_heartbeat.Write(new Beat(2, true, "Turns.")));
        Assert.Equal("mine", File.ReadAllText(victim));
        Assert.Null(File.ResolveLinkTarget(file, returnFinalTarget: false));
    }

    [Fact]
    public void InstanceOf_ModulesOfOneMachine_DifferAndHoldNoKey()
    {
        Dictionary<string, string?>[] modules =
        [
            new() { ["StateDirectory"] = "/a", ["IOTEDGE_DEVICEID"] = "d", ["IOTEDGE_MODULEID"] = "m" },
            new() { ["StateDirectory"] = "/b", ["IOTEDGE_DEVICEID"] = "d", ["IOTEDGE_MODULEID"] = "m" },
            new() { ["StateDirectory"] = "/a", ["IOTEDGE_DEVICEID"] = "d", ["IOTEDGE_MODULEID"] = "n" },
            new() { ["EdgeHubConnectionString"] = "HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=c2VjcmV0" },
            new() { ["EdgeHubConnectionString"] = "HostName=h;DeviceId=d;ModuleId=n; SharedAccessKey=c2VjcmV0" },
        ];
        var instances = modules.Select(module => ModuleEnvironment.InstanceOf(module.GetValueOrDefault)).ToList();

        Assert.Equal(instances.Count, instances.Distinct().Count());
        Assert.All(instances, instance => Assert.DoesNotContain("c2VjcmV0", instance, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--helth")]
    [InlineData("--health --again")]
    public async Task RunAsync_UnknownVerb_IsRefusedWithTheVerbs(string arguments)
    {
        Assert.Equal(2, await ModuleHost.RunAsync<CountingModule, CountingSettings>(arguments.Split(' ')));
    }

    public void Dispose() => _folder.Dispose();
}
