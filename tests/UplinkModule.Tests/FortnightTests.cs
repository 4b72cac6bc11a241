namespace EdgeModules.Uplink.Tests;

/// <summary>A cloud that is away for two weeks, by a clock that is moved by hand.</summary>
public sealed class FortnightTests : IDisposable
{
    private const int Minutes = 14 * 24 * 60;

    private readonly UplinkRig _rig = new(new UplinkSettings
    {
        BatchUnits = 4, MaxSpoolMegabytes = 3, BacklogMessagesPerSecond = 0.5, DailyMeteredUnits = 2400,
    });

    private readonly Random _random = new(14);
    private readonly List<(string Id, string Input)> _taken = [];

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void AwayForTwoWeeks_WithABoundedSpool_KeepsTheNewestAndSpendsEachDaysUnitsOnly()
    {
        _rig.MakeIt("offline");
        for (var minute = 0; minute < Minutes; minute++) PassAMinute();
        Assert.Empty(_rig.Batches);
        Assert.True(_rig.Ledger.Total("evicted", "low") > 0 && _rig.Ledger.Total("evicted", "normal") > 0);
        Assert.InRange(_rig.Folder.Files.Values.Sum(file => file.Length), 2_900_000, 3_000_000);
        // Nothing of normal was given up while there was any of low.
        Assert.DoesNotContain(_rig.Folder.Files.Keys, name => name.StartsWith("low-", StringComparison.Ordinal));

        _rig.MakeIt("online");
        var longest = TimeSpan.Zero;
        for (var minute = 0; _rig.Folder.Files.Keys.Any(name => name.StartsWith("normal-", StringComparison.Ordinal)); minute++)
        {
            Assert.True(minute < 3 * 24 * 60, "The backlog does not drain.");
            var (fresh, taken) = (PassAMinute(), _rig.Now);
            if (minute % 60 == 0) longest = Later(longest, WaitOf(fresh, taken));
        }

        // What is new never waits for the backlog.
        Assert.True(longest <= TimeSpan.FromSeconds(360), $"{longest}");
        Assert.All(_rig.UnitsByDay.Values, units => Assert.InRange(units, 1, 2400));
        // All that was kept, and nothing else, has arrived: the newest.
        for (var i = 0; i < 120; i++) PassAMinute();
        var evicted = _rig.Ledger.Total("evicted", "normal") + _rig.Ledger.Total("evicted", "low");
        Assert.Equal((_taken.Count * 10) - evicted - _rig.Module.Held, _rig.Arrived.Count * 10);
        var normal = _taken.Where(message => message.Input == "normal").Select(message => message.Id).ToList();
        var lost = normal.Except(_rig.Arrived).Where(id => normal.IndexOf(id) < Minutes).ToList();
        Assert.Equal(normal[..lost.Count], lost);
        Assert.Equal(_rig.Arrived.Count, _rig.Arrived.Distinct().Count());
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <returns>The id of the message of that minute.</returns>
    private string PassAMinute()
    {
        var noise = new byte[150];
        _random.NextBytes(noise);
        var id = _rig.TakeText("normal", $"{{\"noise\":\"{Convert.ToHexString(noise)}\"}}");
        _taken.Add((id, "normal"));
        if (_taken.Count % 5 == 0) _taken.Add((_rig.TakeText("low", $"{{\"noise\":\"{Convert.ToHexString(noise)}\"}}"), "low"));
        _rig.Advance(TimeSpan.FromMinutes(1));
        return id;
    }

    /// <summary>Looks on until the message has left.</summary>
    private TimeSpan WaitOf(string id, DateTimeOffset taken)
    {
        for (var i = 0; i < 20 && !_rig.Arrived.Contains(id); i++) PassAMinute();
        return _rig.Now - taken;
    }
}
