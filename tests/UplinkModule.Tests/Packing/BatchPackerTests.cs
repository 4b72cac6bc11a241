using System.Text;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Uplink.Packing;

namespace EdgeModules.Uplink.Tests.Packing;

public sealed class BatchPackerTests
{
    private const int Unit = MeteredUnit.Bytes;

    private readonly Random _random = new(1);

    [Fact]
    public void Pack_NotFullAndNotDue_Waits()
    {
        Assert.Null(Pack(new BatchPacker(), Members(5, 100), units: 4, isDue: false));
        Assert.Null(Pack(new BatchPacker(), Members(120, 200), units: 4, isDue: false));
    }

    [Fact]
    public void Pack_Due_TakesAllThatIsThere()
    {
        var batch = Pack(new BatchPacker(), Members(5, 100), units: 4, isDue: true)!;

        Assert.Equal((5, 1, new BatchHeader("batch/normal/1", Priorities.Normal, 15, 0, 4)), (batch.Members, batch.Units, batch.Header));
        Assert.Equal(["0", "1", "2", "3", "4"], Read(batch).Members.Select(member => member.Id));
    }

    /// <summary>With one member more it would need a further unit.</summary>
    [Theory]
    [InlineData(1, BatchCompression.Gzip)]
    [InlineData(4, BatchCompression.Gzip)]
    [InlineData(16, BatchCompression.Gzip)]
    [InlineData(4, BatchCompression.Brotli)]
    [InlineData(4, BatchCompression.None)]
    public void Pack_MoreThanFits_ClosesAtTheLastMemberThatStillFits(int units, BatchCompression compression)
    {
        var members = Members(4000, 200);
        var batch = Pack(new BatchPacker(), members, units, isDue: false, compression)!;
        var next = Pack(new BatchPacker(), members[..(batch.Members + 1)], units: 63, isDue: true, compression)!;

        Assert.Equal(units, batch.Units);
        Assert.Equal(units + 1, next.Units);
        Assert.Equal(batch.Members, Read(batch, compression).Members.Count);
    }

    [Fact]
    public void Pack_AgainAndAgain_NeedsAboutAsManyUnitsAsTheBytesDo()
    {
        var packer = new BatchPacker();
        var (waiting, packed, tries) = (new List<TailMember>(), new List<PackedBatch>(), 0);
        foreach (var member in Members(6000, 200))
        {
            waiting.Add(member);
            tries++;
            while (Pack(packer, waiting, units: 4, isDue: false) is { } batch)
            {
                packed.Add(batch);
                waiting.RemoveRange(0, batch.Members);
            }
        }

        var bytes = packed.Sum(batch => batch.Body.Length);
        Assert.True(packed.Count > 10);
        Assert.All(packed, batch => Assert.Equal(4, batch.Units));
        Assert.InRange(packed.Sum(batch => batch.Units), bytes / Unit, (int)(bytes / Unit * 1.06) + 1);
        Assert.Equal(6000, packed.Sum(batch => batch.Members) + waiting.Count);
    }

    [Fact]
    public void Pack_OneMessageLargerThanTheUnits_HasABatchOfItsOwn()
    {
        List<TailMember> members = [.. Members(1, 40_000), .. Members(2, 100)];
        var batch = Pack(new BatchPacker(), members, units: 1, isDue: false)!;

        Assert.Equal(1, batch.Members);
        Assert.True(batch.Units > 1);
    }

    private static PackedBatch? Pack(
        BatchPacker packer, IReadOnlyList<TailMember> members, int units, bool isDue, BatchCompression compression = BatchCompression.Gzip) =>
        packer.Pack("batch/normal/1", Priorities.Normal, members, members.Sum(member => member.Encoded.Length), units, compression, isDue);

    private static Batch Read(PackedBatch batch, BatchCompression compression = BatchCompression.Gzip) =>
        new BatchReader().Read(batch.Body, BatchCodec.ContentEncodingOf(compression));

    /// <summary>Half of a body is noise.</summary>
    private List<TailMember> Members(int count, int bytes) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var noise = new byte[bytes / 4];
        _random.NextBytes(noise);
        var body = Encoding.UTF8.GetBytes($"[\"{Convert.ToHexString(noise)}{new string('x', bytes / 2)}\"]");
        var member = new BatchMember($"{i}", "FilterModule", new Dictionary<string, string> { ["count"] = "3" }, body);
        return new TailMember(member.Id, BatchCodec.EncodeMember(member), 3, 1, i);
    })];
}
