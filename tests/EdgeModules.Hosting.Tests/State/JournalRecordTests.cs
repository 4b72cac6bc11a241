using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeModules.Hosting.Tests.State;

public sealed class JournalRecordTests
{
    [Property(Arbitrary = [typeof(Records)], MaxTest = 300, QuietOnSuccess = true)]
    public void Read_WrittenRecord_IsTheSame(JournalRecord record)
    {
        var read = JournalRecord.Read(Write(record));

        Assert.Equal(record.Messages, read.Messages);
        Assert.Equal(record.StateChange.ToArray(), read.StateChange.ToArray());
        Assert.Equal(record.Ledger, read.Ledger);
        Assert.Equal(record.HasRecreatable, read.HasRecreatable);
        Assert.Equal(record.Outbox.Select(Describe), read.Outbox.Select(Describe));
    }

    [Fact]
    public void Read_EmptyRecord_HasNoBooks()
    {
        var read = JournalRecord.Read(Write(new JournalRecord()));

        Assert.Null(read.Ledger);
        Assert.Empty(read.Messages);
        Assert.Empty(read.Outbox);
    }

    [Fact]
    public void Read_AnotherFormat_Throws()
    {
        var bytes = Write(new JournalRecord());
        bytes[0] = 9;

        Assert.Equal("The journal record has format 9; it must be 1 or 2.", Assert.Throws<InvalidDataException>(() => JournalRecord.Read(bytes)).Message);
    }

    [Fact]
    public void Encode_LargeRecord_IsCompressedAndReadBack()
    {
        var body = string.Concat(Enumerable.Range(0, 200).Select(i => $$"""{"deviceId":"d{{i}}","temperature":21.{{i}}},"""));
        var bytes = Write(new JournalRecord { Outbox = [new OutboundMessage { Output = "o", Body = Encoding.UTF8.GetBytes(body), MessageType = "reading", Count = 200 }] });

        Assert.InRange(bytes.Length, 1, body.Length / 4);
        Assert.Equal(body, Encoding.UTF8.GetString(JournalRecord.Read(bytes).Outbox[0].Body.Span));
    }

    [Fact]
    public void Encode_LargeRecordThatDoesNotCompress_IsNotLonger()
    {
        var noise = new byte[10_000];
        new Random(1).NextBytes(noise);
        var bytes = Write(new JournalRecord { StateChange = noise });

        Assert.InRange(bytes.Length, noise.Length, noise.Length + 20);
        Assert.Equal(noise, JournalRecord.Read(bytes).StateChange.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Read_CompressedRecordThatIsDamaged_Throws(int at)
    {
        var bytes = Write(new JournalRecord { StateChange = new byte[10_000] });
        bytes[at] ^= 0x55;

        Assert.Throws<InvalidDataException>(() => JournalRecord.Read(bytes));
    }

    private static byte[] Write(JournalRecord record) => record.Encode().ToArray();

    private static string Describe(OutboundMessage message) =>
        string.Join('|', message.WireProperties().Select(property => $"{property.Key}={property.Value}")) + "|" + Convert.ToHexString(message.Body.Span);

    private static class Records
    {
        private static readonly Gen<string> Texts = Gen.Elements("", "readings", "out", "ü/😀", new string('x', 200));

        private static readonly Gen<byte[]> Bytes = ArbMap.Default.GeneratorFor<byte[]>();

        private static readonly Gen<ulong> Halves = ArbMap.Default.GeneratorFor<ulong>();

        private static readonly Gen<MessageKey> Keys = from high in Halves from low in Halves select new MessageKey(high, low);

        private static readonly Gen<LedgerEntry> Entries =
            from counter in Texts from reason in Texts from readings in Gen.Choose(0, int.MaxValue) select new LedgerEntry(counter, reason, readings * 1_000_000L);

        private static readonly Gen<OutboundMessage> Messages =
            from output in Texts
            from id in Texts
            from body in Bytes
            from count in Gen.Choose(0, 100_000)
            from names in Gen.SubListOf("a", "b c", "ü")
            from value in Texts
            select new OutboundMessage
            {
                Output = output,
                MessageId = id.Length == 0 ? null : id,
                Body = body,
                Count = count,
                MessageType = "reading",
                Priority = "low",
                Properties = names.ToDictionary(name => name, _ => value),
            };

        public static Arbitrary<JournalRecord> Any() => (
            from messages in (from input in Texts from key in Keys select (input, key)).ArrayOf()
            from change in Bytes
            from ledger in Entries.ArrayOf()
            from hasLedger in Gen.Elements(true, false)
            from recreatable in Gen.Elements(true, false)
            from outbox in Messages.ArrayOf()
            select new JournalRecord
            {
                Messages = messages, StateChange = change, Ledger = hasLedger ? ledger : null, HasRecreatable = recreatable, Outbox = outbox,
            }).ToArbitrary();
    }
}
