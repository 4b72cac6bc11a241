using EdgeModules.Hosting;
using EdgeModules.Messages;

namespace EdgeModules.Uplink.Tests;

/// <summary>What a new process makes of what the one before left.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly UplinkRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restart_WhatWaited_WaitsAndGoes(bool hasSnapshot)
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 40; i++) _rig.Take(i % 3 == 0 ? "low" : "normal");
        var held = _rig.Module.Held;
        if (hasSnapshot) _rig.Compact();
        else _rig.Restart();

        Assert.Equal((400L, held), (held, _rig.Module.Held));
        Assert.Equal("offline", _rig.Module.Report(_rig.Context)["upstream"]!["state"]!.ToString());
        _rig.MakeIt("online");
        _rig.Run(2000);
        Assert.Equal(Enumerable.Range(1, 40).Select(i => $"m{i}").Order(), _rig.Arrived.Order());
        Assert.Empty(_rig.Folder.Files);
    }

    [Fact]
    public void Restart_CostOfTheDay_IsKept()
    {
        for (var i = 0; i < 8; i++) _rig.Take();
        var cost = _rig.Module.OnMethod(new("getCost", null), _rig.Context)!.Payload!.ToString();
        _rig.Restart();
        Assert.Equal(cost, _rig.Module.OnMethod(new("getCost", null), _rig.Context)!.Payload!.ToString());
        _rig.Compact();
        Assert.Equal(cost, _rig.Module.OnMethod(new("getCost", null), _rig.Context)!.Payload!.ToString());
    }

    [Fact]
    public void RecreateOutputs_AfterASend_IsTheSameByteForByte()
    {
        for (var i = 0; i < 4; i++) _rig.Take();
        var sent = Assert.Single(_rig.Batches);
        // What the last step sent may not have arrived; its file stays until the next step.
        var restarted = Restarted();
        var again = Assert.Single(restarted.RecreateOutputs(_rig.Context));

        Assert.Equal(sent.Body.ToArray(), again.Body.ToArray());
        Assert.Equal(sent with { Body = default, Properties = again.Properties }, again with { Body = default });
        Assert.Equal(sent.Properties, again.Properties);
    }

    [Fact]
    public void RecreateOutputs_FileIsGone_IsNothing()
    {
        for (var i = 0; i < 4; i++) _rig.Take();
        _rig.Folder.Files.Clear();
        Assert.Empty(Restarted().RecreateOutputs(_rig.Context));
    }

    [Fact]
    public void Restart_BatchWrittenAndNotJournaled_ItsMessagesAreABatchAgain()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 3; i++) _rig.Take();
        var saved = _rig.Saved;
        var fourth = _rig.Take();
        Assert.Single(_rig.Folder.Files);
        // The fourth message was not acknowledged: edgeHub will bring it again.
        _rig.Ledger.Count(Ledger.Received, -10);
        _rig.Restart(saved);

        Assert.Equal((0, 30L), (_rig.Folder.Files.Count, _rig.Module.Held));
        _rig.MakeIt("online");
        _rig.Run(301);
        Assert.Equal(["m1", "m2", "m3"], _rig.Arrived.Except([fourth]));
    }

    [Fact]
    public void Restart_FileIsGone_IsCountedAsLost()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 10; i++) _rig.Take();
        _rig.Folder.Files.Remove(_rig.Folder.Files.Keys.First());
        _rig.Restart();

        Assert.Equal((30, 70L), (_rig.Ledger.Total(Ledger.Dropped, "lostBatch"), _rig.Module.Held));
        Assert.Contains(_rig.Log.Lines, line => line.Text.Contains("no longer on the disk", StringComparison.Ordinal));
    }

    [Fact]
    public void Send_FileIsDamaged_IsCountedAsLostAndTheRestGoes()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 10; i++) _rig.Take();
        _rig.Folder.Files.First().Value[^1] ^= 1;
        _rig.MakeIt("online");
        _rig.Run(400);

        Assert.Equal((30, 0L), (_rig.Ledger.Total(Ledger.Dropped, "lostBatch"), _rig.Module.Held));
        Assert.Equal(["m10", "m4", "m5", "m6", "m7", "m8", "m9"], _rig.Arrived.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Restart_JournalIsLost_BatchesOnTheDiskAreSentAndCountedAsRecovered()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 10; i++) _rig.Take();
        var numbers = _rig.Folder.Files.Keys.ToList();
        _rig.Ledger.Restore([]);
        _rig.Restart(saved: 0);

        Assert.Equal(90, _rig.Ledger.Total("recovered"));
        _rig.Restart();
        Assert.Equal(90, _rig.Ledger.Total("recovered"));
        _rig.Run(60);
        Assert.Equal(9, _rig.Arrived.Count);
        _rig.MakeIt("offline");
        for (var i = 0; i < 4; i++) _rig.Take();
        Assert.DoesNotContain(Assert.Single(_rig.Folder.Files).Key, numbers);
    }

    [Fact]
    public void Restart_FilesOfOthers_AreLeftAlone()
    {
        _rig.Folder.Files["notes.txt"] = [1];
        _rig.Folder.Files["normal-99999999999999.batch"] = [1, 2, 3];
        _rig.Restart();

        Assert.Equal(2, _rig.Folder.Files.Count);
        Assert.Contains(_rig.Log.Lines, line => line.Text.Contains("normal-99999999999999.batch", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_FolderCannotBeRead_TakesMessagesAndSendsWhenItCan()
    {
        _rig.Folder.ListRefusal = "Input/output error";
        _rig.Restart();
        for (var i = 0; i < 8; i++) _rig.Take();
        Assert.Equal((0, 80L), (_rig.Sent.Count, _rig.Module.Held));
        _rig.Folder.ListRefusal = null;
        _rig.Run(11);
        Assert.Equal(6, _rig.Arrived.Count);
    }

    [Fact]
    public void Reset_WhatWaits_IsGivenUpAndCounted()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 10; i++) _rig.Take();
        _rig.Module.Reset();
        Assert.Equal((100, 0L), (_rig.Ledger.Total("evicted", "reset"), _rig.Module.Held));
        Assert.Equal(3, _rig.Folder.Files.Count);
        _rig.Compact();
        _rig.Take();
        Assert.Empty(_rig.Folder.Files);
        _rig.MakeIt("online");
        _rig.Run(301);
        Assert.Equal(["m11"], _rig.Arrived);
        Assert.Equal(Priorities.Normal, Assert.Single(_rig.Batches).Priority);
    }

    private UplinkModule Restarted()
    {
        var module = new UplinkModule(new UplinkSurroundings(_rig.Folder, _rig.Probe, "hub.example"), UplinkRig.Telemetry(_rig.Log));
        foreach (var change in _rig.Journal) module.ApplyChange(change);
        return module;
    }
}
