using EdgeModules.Messages.Batches;
using EdgeModules.Uplink.Spool;

namespace EdgeModules.Uplink.Tests.Spool;

public sealed class BatchFileTests
{
    private static readonly StoredBatch Batch = new(Lane.Low, 1_769_860_800_000, "score/ä/1", 7, 70, 0, 2, 9, 1, 1_769_860_800_001, BatchCompression.Brotli);

    private static readonly byte[] Body = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    [Fact]
    public void Decode_WhatWasEncoded_IsTheSame()
    {
        var file = BatchFile.Encode(Batch, Body);
        var read = BatchFile.Decode(file)!.Value;

        Assert.Equal(Batch with { Bytes = file.Length }, read.Batch);
        Assert.Equal(Body, read.Body.ToArray());
        Assert.Equal("batch/low/1769860800000", read.Batch.Id);
    }

    [Fact]
    public void Decode_AnyByteChangedOrMissing_IsNull()
    {
        var file = BatchFile.Encode(Batch, Body.AsSpan(0, 50));
        for (var i = 0; i < file.Length; i++)
        {
            var damaged = file.ToArray();
            damaged[i] ^= 0x10;
            Assert.Null(BatchFile.Decode(damaged));
            Assert.Null(BatchFile.Decode(file[..i]));
        }
    }

    [Theory]
    [InlineData("normal-12.batch", Lane.Normal, 12L)]
    [InlineData("low-1769860800000.batch", Lane.Low, 1769860800000L)]
    [InlineData("low-12.batch.new", null, null)]
    [InlineData("low--12.batch", null, null)]
    [InlineData("normal-.batch", null, null)]
    [InlineData("normal-.batc", null, null)]
    [InlineData("other-12.batch", null, null)]
    [InlineData("normal-99999999999999999999.batch", null, null)]
    public void ParseName_OfNames_TakesItsOwnOnly(string name, object? lane, object? number) =>
        Assert.Equal(lane is null ? null : ((Lane)lane, (long)number!), BatchFile.ParseName(name));

    [Fact]
    public void ParseName_OfNameOf_IsTheSame()
    {
        foreach (var lane in Lanes.All) Assert.Equal((lane, 42), BatchFile.ParseName(BatchFile.NameOf(lane, 42)));
    }
}
