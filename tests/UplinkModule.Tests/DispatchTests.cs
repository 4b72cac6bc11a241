using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Uplink.Packing;

namespace EdgeModules.Uplink.Tests;

/// <summary>What goes up when, and what is given up.</summary>
public sealed class DispatchTests : IDisposable
{
    private readonly UplinkRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Online_MessagesOfALane_GoWhenTheFirstHasWaitedLongEnough()
    {
        var first = _rig.Take();
        _rig.Run(200);
        var second = _rig.Take();
        _rig.Run(99);
        Assert.Empty(_rig.Sent);
        _rig.Run(1);

        Assert.Equal([first, second], _rig.Arrived);
        var batch = Assert.Single(_rig.Batches);
        Assert.Equal(("batch", Priorities.Normal, 20, true), (batch.MessageType, batch.Priority, batch.Count, batch.Recreatable));
        Assert.Equal(0, _rig.Module.Held);
    }

    [Fact]
    public void Online_LowMessages_WaitLonger()
    {
        _rig.Take("low");
        _rig.Run(1799);
        Assert.Empty(_rig.Sent);
        _rig.Run(1);
        Assert.Equal(Priorities.Low, Assert.Single(_rig.Batches).Priority);
    }

    [Fact]
    public void Online_Full_GoesAtOnceInWholeUnits()
    {
        for (var i = 0; i < 8; i++) _rig.Take(bytes: 900);

        Assert.Equal(2, _rig.Batches.Count());
        Assert.All(_rig.Batches, batch => Assert.InRange(BatchMessage.BytesOf(batch), 3000, MeteredUnit.Bytes));
        Assert.Equal(["m1", "m2", "m3", "m4", "m5", "m6"], _rig.Arrived);
        Assert.Equal(20, _rig.Module.Held);
    }

    [Fact]
    public void Offline_FullBatches_WaitAsFilesAndGoInOrderWhenItIsBack()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 10; i++) _rig.Take();
        _rig.Run(1000);
        Assert.Empty(_rig.Batches);
        Assert.Equal((3, 100L), (_rig.Folder.Files.Count, _rig.Module.Held));

        _rig.MakeIt("online");
        _rig.Run(2);
        Assert.Equal(10, _rig.Arrived.Count);
        _rig.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(_rig.Folder.Files);
        Assert.Equal(0, _rig.Module.Held);
    }

    [Fact]
    public void BackOnline_WhatIsNew_GoesBeforeWhatWaits()
    {
        _rig.Settings = _rig.Settings with { BacklogMessagesPerSecond = 1 };
        _rig.MakeIt("offline");
        for (var i = 0; i < 31; i++) _rig.Take();
        _rig.MakeIt("degraded");
        var fresh = Enumerable.Range(0, 3).Select(_ => _rig.Take()).ToList();

        // The tail, which could not be full before, and was due.
        Assert.Contains(fresh[0], _rig.Arrived);
        Assert.NotEmpty(_rig.Folder.Files);
    }

    [Fact]
    public void Backlog_NormalAndLow_GoesAtItsRateNormalFirstOldestFirst()
    {
        _rig.MakeIt("offline");
        var low = Enumerable.Range(0, 10).Select(_ => _rig.Take("low")).ToList();
        var normal = Enumerable.Range(0, 19).Select(_ => _rig.Take()).ToList();
        Assert.Equal(3 + 6, _rig.Folder.Files.Count);
        _rig.MakeIt("online");
        _rig.Run(30);

        Assert.Equal([.. normal[..18], .. low[..9]], _rig.Arrived.Where(id => id != normal[18] && id != low[9]));
    }

    [Fact]
    public void Backlog_Rate_IsKept()
    {
        _rig.Settings = _rig.Settings with { BacklogMessagesPerSecond = 2 };
        _rig.MakeIt("offline");
        for (var i = 0; i < 300; i++) _rig.Take();
        _rig.MakeIt("degraded");
        var before = _rig.Batches.Count();
        for (var i = 0; i < 40; i++) _rig.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(20, _rig.Batches.Count() - before);
    }

    [Fact]
    public void Degraded_LowIsHeldAndNormalWaitsLonger()
    {
        _rig.MakeIt("degraded");
        _rig.Take("low");
        _rig.Take();
        _rig.Run(1199);
        Assert.Empty(_rig.Batches);
        _rig.Run(2);
        Assert.Equal(Priorities.Normal, Assert.Single(_rig.Batches).Priority);
        for (var i = 0; i < 333; i++) _rig.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_rig.Batches);
        for (var i = 0; i < 4; i++) _rig.Take("low");
        Assert.Single(_rig.Batches);
        Assert.Single(_rig.Folder.Files);
    }

    [Fact]
    public void Backlog_EdgeHubsQueueIsLong_WaitsInTheSpool()
    {
        _rig.MakeIt("offline");
        for (var i = 0; i < 10; i++) _rig.Take();
        _rig.Probe.Queued = 101;
        _rig.MakeIt("degraded");
        _rig.Run(100);
        Assert.Equal(3, _rig.Folder.Files.Count);
        _rig.Probe.Queued = 100;
        _rig.Run(100);
        Assert.Empty(_rig.Folder.Files);
    }

    [Fact]
    public void DailyUnits_SpreadOverTheDay_HoldTheRest()
    {
        // At noon 13 of 24 hours of 24 units; a batch is one.
        _rig.Settings = _rig.Settings with { DailyMeteredUnits = 24 };
        for (var i = 0; i < 200; i++) _rig.Take();
        Assert.Equal(13, _rig.Batches.Count());

        // What is new, the rest that was no full batch, has an hour ahead; the backlog has none, so with 14 spent it waits until 15:00.
        RunMinutes(60);
        Assert.Equal(14, _rig.Batches.Count());
        RunMinutes(62);
        Assert.Equal(14, _rig.Batches.Count());
        RunMinutes(60);
        Assert.Equal(15, _rig.Batches.Count());
        RunMinutes(8 * 60);
        Assert.Equal(23, _rig.Batches.Count());

        void RunMinutes(int minutes)
        {
            for (var i = 0; i < minutes; i++) _rig.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void DailyUnits_NormalWaits_NoneGoToLow()
    {
        _rig.Settings = _rig.Settings with { DailyMeteredUnits = 24 };
        for (var i = 0; i < 100; i++) _rig.Take();
        for (var i = 0; i < 8; i++) _rig.Take("low");
        for (var i = 0; i < 480; i++) _rig.Advance(TimeSpan.FromMinutes(1));

        Assert.DoesNotContain(_rig.Batches, batch => batch.Priority == Priorities.Low);
        Assert.True(_rig.Folder.Files.Keys.Count(name => name.StartsWith("low-", StringComparison.Ordinal)) == 2);
    }

    [Fact]
    public void Full_EvictsLowBeforeNormalOldestFirst()
    {
        // Files of a little less than 4 KB each in a megabyte.
        _rig.Settings = _rig.Settings with { MaxSpoolMegabytes = 1 };
        _rig.MakeIt("offline");
        for (var i = 0; i < 61; i++) _rig.Take("low");
        Assert.Equal(20, _rig.Folder.Files.Count);
        while (_rig.Ledger.Total("evicted", "low") == 0) _rig.Take();
        Assert.Equal(19, _rig.Folder.Files.Keys.Count(name => name.StartsWith("low-", StringComparison.Ordinal)));

        var first = OldestOf("normal");
        while (_rig.Ledger.Total("evicted", "low") < 600) _rig.Take();
        Assert.Equal((first, 0), (OldestOf("normal"), _rig.Ledger.Total("evicted", "normal")));
        while (_rig.Ledger.Total("evicted", "normal") == 0) _rig.Take();
        Assert.NotEqual(first, OldestOf("normal"));
        Assert.Equal(600, _rig.Ledger.Total("evicted", "low"));
        Assert.InRange(_rig.Folder.Files.Values.Sum(file => file.Length), 990_000, 1_000_000);
        Assert.Single(_rig.Log.Lines, line => line.Text.StartsWith("The spool is full", StringComparison.Ordinal));

        string OldestOf(string lane) => _rig.Folder.Files.Keys.First(name => name.StartsWith(lane, StringComparison.Ordinal));
    }

    [Fact]
    public void Full_OfNormal_GivesUpNewLow()
    {
        _rig.Settings = _rig.Settings with { MaxSpoolMegabytes = 1 };
        _rig.MakeIt("offline");
        while (_rig.Ledger.Total("evicted", "normal") == 0) _rig.Take();
        var files = _rig.Folder.Files.Keys.ToList();
        for (var i = 0; i < 4; i++) _rig.Take("low");

        Assert.Equal(30, _rig.Ledger.Total("evicted", "low"));
        Assert.Equal(files, _rig.Folder.Files.Keys);
    }

    [Fact]
    public void DiskIsFilledByOthers_GivesWayAndRecovers()
    {
        _rig.MakeIt("offline");
        _rig.Folder.DiskBytes = 200_000_000;
        for (var i = 0; i < 40; i++) _rig.Take();
        var stored = _rig.Folder.Files.Count;
        _rig.Folder.DiskBytes = 64_000_000 + 20_000;
        _rig.Run(60);
        Assert.InRange(_rig.Folder.Files.Count, 1, 6);
        var evicted = _rig.Ledger.Total("evicted", "normal");
        Assert.Equal((stored - _rig.Folder.Files.Count) * 30, evicted);

        _rig.Folder.DiskBytes = 200_000_000;
        for (var i = 0; i < 40; i++) _rig.Take();
        _rig.Run(60);
        Assert.Equal(evicted, _rig.Ledger.Total("evicted", "normal"));
        Assert.Contains(_rig.Log.Lines, line => line.Text == "The spool has room again.");
    }

    [Fact]
    public void DiskIsNearlyFull_OnlineBatches_GoAllTheSame()
    {
        _rig.Folder.DiskBytes = 1_000_000;
        for (var i = 0; i < 12; i++) _rig.Take();

        Assert.Equal(3, _rig.Batches.Count());
        Assert.Equal(0, _rig.Ledger.Total("evicted", "normal"));
    }

    [Fact]
    public void DiskRefuses_MessagesWaitAndGoLater()
    {
        _rig.Folder.Refusal = "No space left on device";
        for (var i = 0; i < 20; i++) _rig.Take();
        _rig.Run(30);
        Assert.Empty(_rig.Sent);
        Assert.Single(_rig.Log.Lines, line => line.Text.StartsWith("A batch could not be written", StringComparison.Ordinal));

        _rig.Folder.Refusal = null;
        _rig.Run(10);
        Assert.Equal(18, _rig.Arrived.Count);
    }

    [Fact]
    public void DiskRefusesForLong_WhatWaitsIsBoundedAndCounted()
    {
        _rig.Settings = _rig.Settings with { BatchUnits = 63 };
        _rig.Folder.Refusal = "Read-only file system";
        for (var i = 0; i < 200; i++)
        {
            _rig.Take(bytes: 240_000);
            _rig.Advance(TimeSpan.FromSeconds(11));
        }

        Assert.InRange(_rig.Module.Held, 100, 160 * 10);
        Assert.True(_rig.Ledger.Total("evicted", "normal") > 0);
    }

    [Fact]
    public void MessageThatFitsNoBatch_IsPackedSmallerOrCounted()
    {
        // 259,000 random bytes are 345,000 as Base64, which gzip brings back to little more than they were.
        _rig.Settings = _rig.Settings with { Connectivity = _rig.Settings.Connectivity };
        var random = new byte[240_000];
        new Random(1).NextBytes(random);
        _rig.TakeBytes("normal", random);
        var batch = Assert.Single(_rig.Batches);
        Assert.Equal("gzip", batch.Properties[SystemProperties.ContentEncoding]);
        Assert.True(BatchMessage.BytesOf(batch) <= MessageLimits.BodyAndProperties);

        var larger = new byte[262_000];
        new Random(2).NextBytes(larger);
        _rig.TakeBytes("normal", larger);
        Assert.Single(_rig.Batches);
        Assert.Equal(1, _rig.Ledger.Total("dropped", "tooLarge"));
    }

    [Fact]
    public void ClockSetBack_WhatWaits_GoesAtOnce()
    {
        _rig.Take();
        _rig.Advance(TimeSpan.FromDays(-1));
        Assert.Single(_rig.Batches);
        _rig.MakeIt("offline");
        for (var i = 0; i < 4; i++) _rig.Take();
        _rig.Now -= TimeSpan.FromDays(1);
        _rig.MakeIt("online");
        _rig.Run(2);
        Assert.Equal(5, _rig.Arrived.Count);
    }
}
