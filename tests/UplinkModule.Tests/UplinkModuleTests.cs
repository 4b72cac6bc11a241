using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Uplink.Tests;

/// <summary>The glue: what a member keeps, what is told of the way to the cloud and of the cost.</summary>
public sealed class UplinkModuleTests : IDisposable
{
    private readonly UplinkRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Member_OfAMessage_KeepsItsIdSenderPropertiesAndBody()
    {
        const string Body = """[{"deviceId":"press-1","timestamp":1767225600000,"temperature":20.50}]""";
        var message = UplinkRig.Message("normal", "filtered/1", 1, Body);
        message = message with { Properties = new Dictionary<string, string>(message.Properties) { [SystemProperties.ConnectionDeviceId] = "press-line" } };
        _rig.Module.OnMessage(message, "filtered/1", 1, _rig.Context);
        _rig.Now += TimeSpan.FromSeconds(300);
        var batch = Assert.Single(_rig.Module.OnTick(_rig.Context).Outputs, output => output.Output == "batches");
        var read = new BatchReader().Read(batch.Body, "utf-8");
        var member = Assert.Single(read.Members);

        var taken = UplinkRig.Start.ToUnixTimeMilliseconds();
        Assert.Equal(new BatchHeader($"batch/normal/{taken + 300_000}", Priorities.Normal, 1, taken, taken), read.Header);
        Assert.Equal(("filtered/1", "press-line", "FilterModule", Body), (member.Id, member.Device, member.Module, Encoding.UTF8.GetString(member.Body.Span)));
        Assert.Equal(
            new Dictionary<string, string> { ["count"] = "1", ["messageType"] = "reading", ["priority"] = "normal" }.OrderBy(property => property.Key),
            member.Properties.OrderBy(property => property.Key));
        Assert.Equal((batch.MessageId, 1, "utf-8"), (read.Header.Id, batch.Count, batch.Properties[SystemProperties.ContentEncoding]));
    }

    [Fact]
    public void Member_WithAnEncodedBody_SaysSo()
    {
        var message = UplinkRig.Message("normal", "a", 1, "");
        var properties = new Dictionary<string, string>(message.Properties) { [SystemProperties.ContentEncoding] = "gzip" };
        message = message with { Body = new byte[] { 0x1f, 0x8b, 0 }, Properties = properties };
        _rig.Module.OnMessage(message, "a", 1, _rig.Context);
        _rig.Now += TimeSpan.FromSeconds(300);
        var batch = Assert.Single(_rig.Module.OnTick(_rig.Context).Outputs, output => output.Output == "batches");
        var member = Assert.Single(new BatchReader().Read(batch.Body, "utf-8").Members);

        Assert.Equal("gzip", member.Properties[SystemProperties.ContentEncoding]);
        Assert.Equal([0x1f, 0x8b, 0], member.Body.ToArray());
    }

    [Fact]
    public void Flush_Online_SendsWhatWaitsAndLeavesWhatComesLater()
    {
        _rig.Take(count: 3);
        _rig.Take("low", count: 4);
        var answer = _rig.Module.OnMethod(new MethodRequest("flush", null), _rig.Context)!;
        Assert.Equal((200, 7), (answer.Status, answer.Payload!.Value<int>("items")));
        _rig.Settle();
        Assert.Equal(["m1", "m2"], _rig.Arrived);

        _rig.Now += TimeSpan.FromSeconds(1);
        _rig.Take();
        Assert.Equal(2, _rig.Arrived.Count);
    }

    [Fact]
    public void Flush_Offline_SendsWhenTheCloudIsBack()
    {
        _rig.MakeIt("offline");
        _rig.Take();
        _rig.Module.OnMethod(new MethodRequest("flush", null), _rig.Context);
        _rig.Settle();
        Assert.Empty(_rig.Batches);

        _rig.MakeIt("online");
        Assert.Equal(["m1"], _rig.Arrived);
    }

    [Fact]
    public void Flush_ThenTheClockSetBack_DoesNotEndPacking()
    {
        _rig.Module.OnMethod(new MethodRequest("flush", null), _rig.Context);
        _rig.Advance(TimeSpan.FromHours(-1));
        _rig.Take();
        _rig.Take();
        Assert.Empty(_rig.Batches);
    }

    [Fact]
    public void Connectivity_Change_IsSentReportedAndLogged()
    {
        _rig.Probe.Queued = 7;
        _rig.MakeIt("degraded");

        var message = Assert.Single(_rig.Sent);
        Assert.Equal(("connectivity", "connectivity", Priorities.Low, 1), (message.Output, message.MessageType, message.Priority, message.Count));
        var body = JsonText.ParseObject(message.Body.Span);
        var at = _rig.Now.ToUnixTimeMilliseconds();
        Assert.Equal(
            new JObject
            {
                ["state"] = "degraded", ["from"] = "online", ["reason"] = "probe: The latency is 5000 ms; above 2000 is degraded.", ["timestamp"] = at,
                ["latencyMs"] = 5000.0, ["queued"] = 7,
            }.ToString(),
            body.ToString());
        Assert.Equal($"connectivity/degraded/{at}", message.MessageId);
        var reported = _rig.Module.Report(_rig.Context)["upstream"]!;
        Assert.Equal(("degraded", at), (reported["state"]!.ToString(), reported["since"]!.Value<long>()));
        Assert.Contains(_rig.Log.Lines, line => line.Text.StartsWith("The way to the cloud was online and is degraded.", StringComparison.Ordinal));
    }

    [Fact]
    public void Connectivity_Probes_AreMadeAtTheirInterval()
    {
        Assert.Equal(1, _rig.Probe.Looks);
        _rig.Run(60);
        Assert.Equal(3, _rig.Probe.Looks);
        _rig.Advance(TimeSpan.FromDays(-1));
        Assert.Equal(4, _rig.Probe.Looks);
        _rig.Run(30);
        Assert.Equal(5, _rig.Probe.Looks);
    }

    [Fact]
    public void Cost_OfBatches_IsToldByLaneAndAgainstEachAlone()
    {
        _rig.Settings = _rig.Settings with { Compression = BatchCompression.Gzip, DailyMeteredUnits = 100_000 };
        for (var i = 0; i < 5; i++) _rig.Take(bytes: 3000);
        for (var i = 0; i < 3; i++) _rig.Take("low", bytes: 9000);
        _rig.Run(1800);
        var cost = (JObject)_rig.Module.OnMethod(new MethodRequest("getCost", null), _rig.Context)!.Payload!;

        Assert.Equal(2, _rig.Batches.Count());
        Assert.Equal(
            new JObject
            {
                ["day"] = "2026-01-31", ["units"] = new JObject { ["normal"] = 1, ["low"] = 1 }, ["batches"] = 2, ["bytes"] = cost["bytes"], ["messages"] = 8,
                ["items"] = 80, ["unitsEachMessageAlone"] = 5 + 9, ["unitsEachItemAlone"] = 80, ["projectedUnitsPerDay"] = 116, ["dailyMeteredUnits"] = 100_000,
            }.ToString(),
            cost.ToString());
        Assert.InRange(cost.Value<long>("bytes"), 300, 8192);
        // The twin has it as of its last quarter of an hour.
        Assert.Equal(1, _rig.Module.Report(_rig.Context)["cost"]!["units"]!["normal"]!.Value<int>());
    }

    [Fact]
    public void Report_BetweenItsTimes_DoesNotMove()
    {
        var before = _rig.Module.Report(_rig.Context).ToString();
        for (var i = 0; i < 10; i++) _rig.Take();
        Assert.Equal(before, _rig.Module.Report(_rig.Context).ToString());
        _rig.Advance(TimeSpan.FromMinutes(15));
        Assert.NotEqual(before, _rig.Module.Report(_rig.Context).ToString());
    }

    [Fact]
    public void OnMethod_OfAnother_IsNotItsOwn() => Assert.Null(_rig.Module.OnMethod(new MethodRequest("getModels", null), _rig.Context));

    [Fact]
    public void Settings_OutOfRange_AreAllNamed()
    {
        var errors = new SettingErrors();
        new UplinkSettings
        {
            NormalSeconds = 0, LowSeconds = 86_401, BatchUnits = 64, DegradedFactor = 0, MaxSpoolMegabytes = 0, MinFreeDiskMegabytes = 0,
            BacklogMessagesPerSecond = double.NaN, DailyMeteredUnits = -1, Connectivity = new ConnectivitySettings { ProbePort = 0 },
        }.Validate(errors);

        Assert.Equal(
            [
                "normalSeconds", "lowSeconds", "batchUnits", "degradedFactor", "maxSpoolMegabytes", "minFreeDiskMegabytes", "backlogMessagesPerSecond",
                "dailyMeteredUnits", "connectivity.probePort",
            ],
            errors.All.Select(error => error.Path));
    }
}
