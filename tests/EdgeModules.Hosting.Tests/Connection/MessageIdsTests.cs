using EdgeModules.Hosting.Connection;

namespace EdgeModules.Hosting.Tests.Connection;

public sealed class MessageIdsTests
{
    [Theory]
    [InlineData(new[] { "agg", "press-1", "1769860800000", "0" }, "agg/press-1/1769860800000/0")]
    [InlineData(new[] { "alert", "a/b", "c" }, "alert/a%2Fb/c")]
    [InlineData(new[] { "agg", "Ofen ä", "1" }, "agg/Ofen%20%C3%A4/1")]
    public void Of_Parts_AreKeptApart(string[] parts, string id) => Assert.Equal(id, MessageIds.Of(parts));

    [Fact]
    public void Of_LongParts_Give128CharactersThatDifferWithTheEnd()
    {
        var device = new string('d', 128);
        var ids = new[] { MessageIds.Of("agg", device, "1"), MessageIds.Of("agg", device, "2"), MessageIds.Of("agg", device, "1") };

        Assert.All(ids, id => Assert.Equal(128, id.Length));
        Assert.StartsWith($"agg/{new string('d', 91)}~", ids[0], StringComparison.Ordinal);
        Assert.Equal(ids[0], ids[2]);
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(129)]
    public void Shortened_AtTheLimit_ChangesOnlyWhatIsLonger(int length)
    {
        var id = new string('i', length);
        Assert.Equal(length <= 128, MessageIds.Shortened(id) == id);
    }
}
