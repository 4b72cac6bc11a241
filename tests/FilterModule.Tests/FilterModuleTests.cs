using System.Collections.Frozen;
using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Messages;

namespace EdgeModules.Filtering.Tests;

/// <summary>The glue: readings in, arrays out, and what a restart brings back.</summary>
public sealed class FilterModuleTests
{
    private readonly MessageCodec _codec = new();
    private readonly Ledger _ledger = new();
    private FilterSettings _settings = new();

    [Fact]
    public void OnReadings_SomePass_SendsTheirBytesAsOneArray()
    {
        const string First = """{"deviceId":"a","timestamp":1,"temperature":20,"unit":"C"}""";
        const string Other = """{ "deviceId":"b","timestamp":1,"temperature":20 }""";
        var result = Handle(new FilterModule(new DeadbandFilter()), $$"""[{{First}},{"deviceId":"a","timestamp":2,"temperature":20},{{Other}}]""");

        var output = Assert.Single(result.Outputs);
        Assert.Equal(("filtered", "reading", Priorities.Normal, 2, null), (output.Output, output.MessageType, output.Priority, output.Count, output.MessageId));
        Assert.Equal($"[{First},{Other}]", Encoding.UTF8.GetString(output.Body.Span));
        Assert.Equal("""{"forwarded":2,"suppressed":{"deadband":1}}""", _ledger.ToJson().ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public void OnReadings_NonePasses_SendsAndSavesNothing()
    {
        var module = new FilterModule(new DeadbandFilter());
        Handle(module, Readings(("a", 1)));
        var result = Handle(module, Readings(("a", 1), ("a", 2)));

        Assert.Empty(result.Outputs);
        Assert.Equal(0, result.StateChange.Length);
        Assert.Equal((1, 1), (_ledger.Total("suppressed", "duplicate"), _ledger.Total("suppressed", "deadband")));
    }

    [Fact]
    public void ApplyChange_OfEveryCall_BringsTheStateBack()
    {
        var module = new FilterModule(new DeadbandFilter());
        var changes = new[] { Readings(("a", 1), ("b", 1)), Readings(("a", 2), ("c", 1)) }.Select(body => Handle(module, body).StateChange.ToArray()).ToList();
        var restarted = Restarted(changes);

        Assert.Empty(Handle(restarted, Readings(("a", 3), ("b", 3), ("c", 3))).Outputs);
    }

    [Fact]
    public void OnSettings_AfterARestart_DoesNotCountEvictedDevicesAgain()
    {
        _settings = new FilterSettings { MaxDevices = 2 };
        var module = new FilterModule(new DeadbandFilter());
        var changes = new[] { "a", "b", "c", "d" }.Select(device => Handle(module, Readings((device, 1))).StateChange.ToArray()).ToList();
        Assert.Equal(2, _ledger.Total("evictedDevices"));
        var restarted = Restarted(changes);
        Assert.Equal(2, _ledger.Total("evictedDevices"));

        _settings = _settings with { MaxDevices = 1 };
        restarted.OnSettings(Context());
        Assert.Equal(3, _ledger.Total("evictedDevices"));
        Assert.Empty(Handle(restarted, Readings(("d", 2))).Outputs);
    }

    [Fact]
    public void NamedMetrics_OfChangedSettings_AreTheirOwn()
    {
        var module = new FilterModule(new DeadbandFilter());
        var changed = _settings with { Deadbands = FilterRig.Bands(("x", FilterRig.Absolute(1))) };

        Assert.Equal(4, module.NamedMetrics(_settings).Count);
        Assert.Equal(["x"], module.NamedMetrics(changed));
        Assert.Same(module.NamedMetrics(changed), module.NamedMetrics(changed));
    }

    [Fact]
    public void Snapshot_AfterReset_IsEmpty()
    {
        var module = new FilterModule(new DeadbandFilter());
        Handle(module, Readings(("a", 1)));
        module.Reset();

        Assert.Empty(module.Snapshot());
    }

    private FilterModule Restarted(IEnumerable<byte[]> changes)
    {
        var module = new FilterModule(new DeadbandFilter());
        foreach (var change in changes) module.ApplyChange(change);
        module.OnSettings(Context());
        return module;
    }

    private ModuleResult Handle(FilterModule module, string body) =>
        module.OnReadings(_codec.Decode(Encoding.UTF8.GetBytes(body), FrozenSet<string>.Empty), Context());

    private ModuleContext<FilterSettings> Context() => new(DateTimeOffset.UnixEpoch, _settings, _ledger);

    private static string Readings(params (string Device, int Timestamp)[] readings) =>
        $"[{string.Join(',', readings.Select(reading => $$"""{"deviceId":"{{reading.Device}}","timestamp":{{reading.Timestamp}},"temperature":20}"""))}]";
}
