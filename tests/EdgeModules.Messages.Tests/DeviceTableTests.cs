using FsCheck.Xunit;

namespace EdgeModules.Messages.Tests;

public sealed class DeviceTableTests
{
    [Fact]
    public void Add_BeyondTheMaximum_EvictsTheDeviceUnseenForLongest()
    {
        var table = new DeviceTable<string>();
        table.Add("a", "A", maxDevices: 2);
        table.Add("b", "B", maxDevices: 2);
        table.TrySee("a", out _);

        Assert.Equal(1, table.Add("c", "C", maxDevices: 2));
        Assert.Equal([new("a", "A"), new("c", "C")], table.OldestFirst);
    }

    [Fact]
    public void Trim_ToASmallerMaximum_ReturnsHowManyWent()
    {
        var table = new DeviceTable<string>();
        foreach (var id in new[] { "a", "b", "c", "d" }) table.Add(id, id, maxDevices: 10);

        Assert.Equal((3, 0), (table.Trim(1), table.Trim(1)));
        Assert.Equal(["d"], table.OldestFirst.Select(pair => pair.Key));
    }

    [Fact]
    public void Clear_ThenAdd_StartsAnew()
    {
        var table = new DeviceTable<string>();
        table.Add("a", "old", maxDevices: 10);
        table.Clear();
        table.Add("a", "new", maxDevices: 10);

        Assert.Equal([new("a", "new")], table.OldestFirst);
    }

    [Fact]
    public void TryPeek_KnownDevice_LeavesTheOrderAsItIs()
    {
        var table = new DeviceTable<string>();
        foreach (var id in new[] { "a", "b" }) table.Add(id, id, maxDevices: 10);

        Assert.True(table.TryPeek("a", out var state));
        Assert.Equal("a", state);
        Assert.Equal(["a", "b"], table.OldestFirst.Select(pair => pair.Key));
    }

    [Fact]
    public void TryPeek_UnknownDevice_GivesNone()
    {
        Assert.False(new DeviceTable<string>().TryPeek("a", out var state));
        Assert.Null(state);
    }

    [Theory]
    [InlineData("a", "b c")]
    [InlineData("b", "a c")]
    [InlineData("c", "a b")]
    public void Remove_FirstMiddleOrLast_LeavesTheOthersInOrder(string id, string left)
    {
        var table = new DeviceTable<string>();
        foreach (var known in new[] { "a", "b", "c" }) table.Add(known, known, maxDevices: 10);

        Assert.True(table.Remove(id));
        Assert.False(table.Remove(id));
        Assert.False(table.TryPeek(id, out _));
        Assert.Equal(left.Split(' '), table.OldestFirst.Select(pair => pair.Key));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Remove_OnlyDevice_ThenAddStartsAnew()
    {
        var table = new DeviceTable<string>();
        table.Add("a", "old", maxDevices: 1);
        table.Remove("a");

        Assert.Equal(0, table.Add("b", "new", maxDevices: 1));
        Assert.Equal([new("b", "new")], table.OldestFirst);
    }

    /// <summary>Against a list that is searched from the front: the plainest thing that is right.</summary>
    [Property(MaxTest = 500, QuietOnSuccess = true)]
    public void AnyCalls_AgainstAPlainList_GiveTheSame((byte Device, byte Call)[] calls, byte maximum)
    {
        var maxDevices = 1 + maximum % 8;
        var table = new DeviceTable<object>();
        var model = new List<KeyValuePair<string, object>>();
        foreach (var (device, call) in calls)
        {
            var id = (device % 12).ToString();
            var at = model.FindIndex(pair => pair.Key == id);
            if (call % 16 == 0)
            {
                Assert.Equal(Shorten(model, call % 5), table.Trim(call % 5));
            }
            else if (call % 16 == 1)
            {
                Assert.Equal(at >= 0, table.Remove(id));
                if (at >= 0) model.RemoveAt(at);
            }
            else if (call % 16 == 2)
            {
                Assert.Equal(at >= 0, table.TryPeek(id, out var peeked));
                Assert.Same(at >= 0 ? model[at].Value : null, peeked);
            }
            else if (table.TrySee(id, out var state))
            {
                Assert.Same(model[at].Value, state);
                model.Add(model[at]);
                model.RemoveAt(at);
            }
            else
            {
                Assert.Equal(-1, at);
                var added = new object();
                model.Add(new(id, added));
                Assert.Equal(Shorten(model, maxDevices), table.Add(id, added, maxDevices));
            }

            Assert.Equal(model, table.OldestFirst);
            Assert.Equal(model.Count, table.Count);
        }
    }

    private static int Shorten(List<KeyValuePair<string, object>> model, int to)
    {
        var evicted = Math.Max(0, model.Count - to);
        model.RemoveRange(0, evicted);
        return evicted;
    }
}
