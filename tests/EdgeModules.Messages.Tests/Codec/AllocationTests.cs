using System.Collections.Frozen;
using System.Text;

namespace EdgeModules.Messages.Tests.Codec;

/// <summary>The steady state allocates nothing: that is what lets a gateway of 1 GB carry ten thousand sensors.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class AllocationTests
{
    public static TheoryData<string, string> Shapes => new()
    {
        { "scanned", """{"deviceId":"press-@","zone":"hall-#","timestamp":1700000000@,"temperature":21.5,"humidity":40}""" },
        { "parsed for its blanks", """{ "deviceId":"press-@", "zone":"hall-#", "timestamp":1700000000@, "temperature":21.5 }""" },
        { "parsed for its timestamp", """{"deviceId":"press-@","timestamp":"2026-01-31T12:00:00Z","temperature":21.5,"unit":"C"}""" },
        { "names beyond ASCII", """{"deviceId":"Prüfstand-@","zone":"Hälle-#","timestamp":1700000000@,"µ":21.5}""" },
        { "escapes", """{"deviceId":"Pr\u00fcfstand-@","zone":"hall-#","timestamp":1700000000@,"temperature":1e2}""" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Decode_TheSameBodyAgain_AllocatesNothing(string shape, string reading)
    {
        var elements = Enumerable.Range(0, 200).Select(i => reading
            .Replace("@", $"{i:000}", StringComparison.Ordinal).Replace("#", $"{i % 3}", StringComparison.Ordinal));
        ReadOnlyMemory<byte> body = Encoding.UTF8.GetBytes($"[{string.Join(',', elements)}]");
        var codec = new MessageCodec();
        for (var i = 0; i < 50; i++) Assert.Equal(200, codec.Decode(body, FrozenSet<string>.Empty).Count);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) codec.Decode(body, FrozenSet<string>.Empty);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated == 0, $"{shape}: {allocated} bytes in 10,000 readings.");
    }

    [Fact]
    public void Decode_EverNewNames_HoldsABoundedAmountOfMemory()
    {
        var codec = new MessageCodec();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 400; i++)
        {
            // The longest name that a body can carry, another each time.
            var body = Encoding.UTF8.GetBytes($$"""{"deviceId":"a","timestamp":1,"{{new string((char)('a' + i % 26), 100_000)}}{{i}}":1}""");
            Assert.Equal(1, codec.Decode(body, FrozenSet<string>.Empty).Count);
        }

        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(codec);

        Assert.True(held < 8_000_000, $"{held:N0} bytes are held after 400 bodies of 100,000 bytes.");
    }
}

/// <summary>Memory is that of the whole process: no other test may run at the same time.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
