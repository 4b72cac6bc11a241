using System.IO.Compression;
using System.Text;
using EdgeModules.Messages.Batches;

namespace EdgeModules.Messages.Tests.Batches;

public sealed class BatchTests
{
    private static readonly BatchHeader Header = new("batch/normal/7", Priorities.Normal, 12, 1_780_000_000_000, 1_780_000_300_000);

    [Theory]
    [InlineData(BatchCompression.Gzip, "gzip")]
    [InlineData(BatchCompression.Brotli, "br")]
    [InlineData(BatchCompression.None, "utf-8")]
    public void Read_WhatWasEncoded_IsTheSame(BatchCompression compression, string encoding)
    {
        BatchMember[] members = [Member("a", """[{"deviceId":"ü","t":1.50}]"""), Member("b", "[]"), Member("c", "not JSON"), Member("d", [0xFF, 0x00])];
        var batch = new BatchReader().Read(Encode(compression, members), BatchCodec.ContentEncodingOf(compression));

        Assert.Equal(encoding, BatchCodec.ContentEncodingOf(compression));
        Assert.Equal((Header, 0), (batch.Header, batch.Duplicates));
        Assert.Equal(members.Select(Describe), batch.Members.Select(Describe));
    }

    [Theory]
    [InlineData("""{"a":1}""", true)]
    [InlineData("-0.0", true)]
    [InlineData("null", true)]
    [InlineData("{\"a\":1}{}", false)]
    [InlineData("", false)]
    [InlineData("NaN", false)]
    [InlineData("\uFEFF[1]", false)]
    public void EncodeMember_Body_IsJsonOrBase64(string body, bool isJson)
    {
        var text = Encoding.UTF8.GetString(BatchCodec.EncodeMember(Member("a", body)));

        Assert.Equal(isJson, text.Contains($"\"body\":{body}}}", StringComparison.Ordinal));
        Assert.Equal(!isJson, text.Contains("\"bodyBase64\":", StringComparison.Ordinal));
        Assert.Equal(body, Encoding.UTF8.GetString(new BatchReader().Read(Encode(BatchCompression.None, Member("a", body)), null).Members[0].Body.Span));
    }

    [Fact]
    public void EncodeMember_BodyNestedTooDeep_IsBase64()
    {
        var body = new string('[', 65) + new string(']', 65);

        Assert.Contains("bodyBase64", Encoding.UTF8.GetString(BatchCodec.EncodeMember(Member("a", body))));
        Assert.DoesNotContain("bodyBase64", Encoding.UTF8.GetString(BatchCodec.EncodeMember(Member("a", body[1..^1]))));
        Assert.Equal(body[1..^1], Encoding.UTF8.GetString(new BatchReader().Read(Encode(BatchCompression.Gzip, Member("a", body[1..^1])), "gzip").Members[0].Body.Span));
    }

    [Fact]
    public void Read_MessagesSeenBefore_AreLeftOut()
    {
        var reader = new BatchReader();
        reader.Read(Encode(BatchCompression.Gzip, Member("a", "1"), Member("b", "2")), "gzip");
        var second = reader.Read(Encode(BatchCompression.Gzip, Member("b", "2"), Member("c", "3"), Member("c", "3")), "gzip");

        Assert.Equal(["c"], second.Members.Select(member => member.Id));
        Assert.Equal((2, 6), (second.Duplicates, second.DuplicateItems));
    }

    [Fact]
    public void Read_SameIdOfAnotherModule_IsAnotherMessage()
    {
        var reader = new BatchReader();
        var batch = reader.Read(Encode(BatchCompression.Gzip, Member("a", "1"), Member("a", "2") with { Module = "AlertModule" }), "gzip");

        Assert.Equal(["FilterModule", "AlertModule"], batch.Members.Select(member => member.Module));
    }

    [Fact]
    public void Read_SameIdOfAnotherGateway_IsAnotherMessage()
    {
        var reader = new BatchReader();
        var (one, other, unsaid) = (Member("a", "1") with { Device = "press-line" }, Member("a", "2") with { Device = "paint-line" }, Member("a", "3"));
        var first = reader.Read(Encode(BatchCompression.Gzip, one, other, unsaid), "gzip");
        var second = reader.Read(Encode(BatchCompression.Gzip, other), "gzip");

        Assert.Equal(["press-line", "paint-line", ""], first.Members.Select(member => member.Device));
        Assert.Equal((0, 1), (second.Members.Count, second.Duplicates));
    }

    [Fact]
    public void Read_MoreIdsThanRemembered_ForgetsTheOldest()
    {
        var reader = new BatchReader(remembered: 2);
        foreach (var id in new[] { "a", "b", "c" }) reader.Read(Encode(BatchCompression.None, Member(id, "1")), null);

        Assert.Equal(1, reader.Read(Encode(BatchCompression.None, Member("b", "1")), null).Duplicates);
        Assert.Equal(0, reader.Read(Encode(BatchCompression.None, Member("a", "1")), null).Duplicates);
    }

    [Theory]
    [InlineData("[]", "The batch is of the kind Array; it must be an object.")]
    [InlineData("{", "The batch is not JSON: ")]
    [InlineData("{}", "$.batchId is missing or no string.")]
    [InlineData("""{"batchId":"b","priority":"low","count":1.5}""", "$.count is missing or no whole number.")]
    [InlineData("""{"batchId":"b","priority":"low","count":1,"firstTimestamp":1,"lastTimestamp":1}""", "$.messages is missing or no array; it must be an array of messages.")]
    [InlineData("""{"batchId":"b","priority":"low","count":1,"firstTimestamp":1,"lastTimestamp":1,"messages":[7]}""", "$.messages[0] is of the kind Number; it must be an object.")]
    [InlineData(
        """{"batchId":"b","priority":"low","count":1,"firstTimestamp":1,"lastTimestamp":1,"messages":[{"id":"a","module":"M","properties":{"count":3},"body":1}]}""",
        "$.messages[0].properties.count is missing or no string.")]
    [InlineData(
        """{"batchId":"b","priority":"low","count":1,"firstTimestamp":1,"lastTimestamp":1,"messages":[{"id":"a","module":"M","properties":{},"bodyBase64":"?"}]}""",
        "$.messages[0] has neither body nor bodyBase64, which must be Base64.")]
    public void Read_NoBatch_IsRefusedWithThePlace(string text, string message)
    {
        var reader = new BatchReader();

        Assert.StartsWith(message, Assert.Throws<BatchFormatException>(() => reader.Read(Encoding.UTF8.GetBytes(text), "utf-8")).Message);
    }

    [Fact]
    public void Read_OtherEncodingOrDamage_IsRefused()
    {
        var reader = new BatchReader();
        var body = Encode(BatchCompression.Gzip, Member("a", "1"));

        Assert.Equal("The content encoding is \"zip\"; it must be gzip, br or utf-8.", Assert.Throws<BatchFormatException>(() => reader.Read(body, "zip")).Message);
        Assert.Throws<BatchFormatException>(() => reader.Read(body, "br"));
        Assert.Throws<BatchFormatException>(() => reader.Read(body.AsMemory(0, body.Length / 2), "gzip"));
        Assert.Equal(0, reader.Read(body, "gzip").Duplicates);
    }

    [Fact]
    public void Read_BodyThatGrowsWithoutEnd_IsRefused()
    {
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 65; i++) gzip.Write(zeros);
        }

        Assert.Equal("The batch has more than 67108864 bytes when decompressed.", Assert.Throws<BatchFormatException>(() => new BatchReader().Read(target.ToArray(), "gzip")).Message);
    }

    private static BatchMember Member(string id, string body) => Member(id, Encoding.UTF8.GetBytes(body));

    private static BatchMember Member(string id, byte[] body) =>
        new(id, "FilterModule", new Dictionary<string, string> { ["messageType"] = "reading", ["count"] = "3", ["note"] = "a \"quoted\" one" }, body);

    private static byte[] Encode(BatchCompression compression, params BatchMember[] members) =>
        BatchCodec.Encode(Header, members.Select(member => (ReadOnlyMemory<byte>)BatchCodec.EncodeMember(member)), compression);

    private static string Describe(BatchMember member) =>
        $"{member.Id} {member.Device} {member.Module} {string.Join(';', member.Properties)} {member.Count} {Convert.ToHexString(member.Body.Span)}";
}
