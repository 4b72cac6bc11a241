using FsCheck.Xunit;

namespace EdgeModules.Messages.Tests;

public sealed class PropertyBagTests
{
    [Fact]
    public void Encode_SystemAndApplicationProperties_IsWhatTheOfficialClientsSend() =>
        Assert.Equal("%24.mid=m%2F1&%24.ct=application%2Fjson&messageType=reading&x%20y=a%26b%3Dc%3F", PropertyBag.Encode(
        [
            new("$.mid", "m/1"), new("$.ct", "application/json"), new("messageType", "reading"), new("x y", "a&b=c?"),
        ]));

    [Fact]
    public void Encode_NoProperties_IsEmpty() => Assert.Equal("", PropertyBag.Encode([]));

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("&&")]
    public void Decode_NoPairs_GivesNothing(string bag) => Assert.Empty(PropertyBag.Decode(bag));

    [Theory]
    [InlineData("a=1&b=2", "1", "2")]
    [InlineData("?a=1&b=2", "1", "2")]
    [InlineData("a=0&b=2&a=1", "1", "2")]
    [InlineData("&a=1&&b=2&", "1", "2")]
    [InlineData("a&b", "", "")]
    [InlineData("a=&b==", "", "=")]
    [InlineData("a=x=y&b=%26%3D%20%C3%BC", "x=y", "&= ü")]
    [InlineData("a=%&b=%zz%4", "%", "%zz%4")]
    [InlineData("a=1+1&%62=2", "1+1", "2")]
    public void Decode_Bag_GivesItsPairs(string bag, string a, string b) =>
        Assert.Equal(new Dictionary<string, string> { ["a"] = a, ["b"] = b }, PropertyBag.Decode(bag));

    [Property(MaxTest = 500, QuietOnSuccess = true)]
    public void Decode_EncodedProperties_AreTheSame(Dictionary<string, string> properties)
    {
        // Half a surrogate pair has no UTF-8 and so no escape.
        var sendable = properties.Where(pair => IsText(pair.Key) && IsText(pair.Value) && pair.Key.Length > 0).ToDictionary();

        Assert.Equal(sendable, PropertyBag.Decode(PropertyBag.Encode(sendable)));
    }

    private static bool IsText(string? text) => text is not null && !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);
}
