using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using FsCheck.Xunit;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.State;

public sealed class LedgerTests
{
    [Fact]
    public void ToJson_CountersWithAndWithoutReasons_NestsTheReasons()
    {
        var ledger = new Ledger();
        ledger.Count("received", 10);
        ledger.Count("suppressed", "late", 1);
        ledger.Count("suppressed", "deadband", 6);
        ledger.Count("suppressed", "late", 1);
        ledger.Count("forwarded", 0);

        Assert.Equal("""{"received":10,"suppressed":{"deadband":6,"late":2}}""", ledger.ToJson().ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal((10, 2, 0), (ledger.Total("received"), ledger.Total("suppressed", "late"), ledger.Total("forwarded")));
    }

    [Fact]
    public void Restore_Entries_ReplacesWhatWasCounted()
    {
        var ledger = new Ledger();
        ledger.Count("received", 3);
        var entries = ledger.Entries();
        ledger.Count("received", 4);
        ledger.Count("late", 1);
        ledger.Restore(entries);

        Assert.Equal([new LedgerEntry("received", "", 3)], ledger.Entries());
    }

    [Fact]
    public void Entries_OfAnyOrderOfCounting_AreInOrdinalOrder()
    {
        var ledger = new Ledger();
        foreach (var (counter, reason) in new[] { ("b", "x"), ("a", ""), ("b", "A"), ("B", "z"), ("b", "") }) ledger.Count(counter, reason, 1);

        Assert.Equal([("B", "z"), ("a", ""), ("b", ""), ("b", "A"), ("b", "x")], ledger.Entries().Select(entry => (entry.Counter, entry.Reason)));
    }
}

public sealed class RecentKeysTests
{
    [Property(MaxTest = 200, QuietOnSuccess = true)]
    public void Contains_AfterAnyAdditions_KnowsTheLast64OfEachInput((bool Input, byte Key)[] added)
    {
        var keys = new RecentKeys();
        var model = new Dictionary<string, List<MessageKey>> { ["a"] = [], ["b"] = [] };
        // Three times over, so that there are enough of them to be forgotten.
        foreach (var (first, number) in Enumerable.Repeat(added, 3).SelectMany((round, i) => round.Select(pair => (pair.Input, Number: pair.Key + 100 * i))))
        {
            var input = first ? "a" : "b";
            var key = new MessageKey(0, (ulong)number);
            keys.Add(input, key);
            if (!model[input].Contains(key)) model[input].Add(key);
            if (model[input].Count > RecentKeys.Remembered) model[input].RemoveAt(0);
        }

        foreach (var (input, known) in model)
        {
            for (var number = 0UL; number < 500; number++) Assert.Equal(known.Contains(new MessageKey(0, number)), keys.Contains(input, new MessageKey(0, number)));
            Assert.Equal(known, keys.All().Where(pair => pair.Input == input).Select(pair => pair.Key));
        }
    }
}

public sealed class MessageKeyTests
{
    [Fact]
    public void Of_MessageWithId_IsOfSenderAndIdOnly() =>
        Assert.Equal(MessageKey.Of(Message("1", id: "m", count: 1)), MessageKey.Of(Message("2", id: "m", count: 2)));

    [Fact]
    public void Of_MessageWithoutId_IsOfBodyAndPropertiesInAnyOrder()
    {
        var message = Message("1", count: 7);
        var reordered = message with { Properties = message.Properties.Reverse().ToDictionary() };

        Assert.Equal(MessageKey.Of(message), MessageKey.Of(reordered));
    }

    [Fact]
    public void Of_MessagesThatDiffer_AreDifferent()
    {
        var messages = new[]
        {
            Message("1", id: "m"), Message("1", id: "n"), Message("1", id: "m", sender: "other"), Message("1", id: ""), Message("1"), Message("2"), Message("1", count: 1),
            Message("1", sender: "other"), Message("", id: "m1"), Message("1", sender: "sensorm"),
        };

        Assert.Equal(messages.Length, messages.Select(MessageKey.Of).Distinct().Count());
    }

    [Fact]
    public void Of_MessageWithoutSender_IsAKeyToo()
    {
        var message = Message("1", id: "m") with { Properties = new Dictionary<string, string> { [SystemProperties.MessageId] = "m" } };

        Assert.NotEqual(MessageKey.Of(Message("1", id: "m")), MessageKey.Of(message));
    }

    /// <summary>The saved form: a later version must know the messages of an earlier one.</summary>
    [Fact]
    public void ToString_KnownMessage_IsTheStartOfTheSha256OfSenderAndId() =>
        // printf 'edge\0sensor\0m1\0' | sha256sum
        Assert.Equal("fa2ca0df55ba65f01dd6a73714e7aa09", MessageKey.Of(Message("x", id: "m1")).ToString());
}

public sealed class ModuleMemoryTests
{
    [Fact]
    public void Restore_NewStore_GivesNothing() => Assert.Null(new ModuleMemory(new InMemoryStateStore()).Restore(_ => Assert.Fail("There is no change.")));

    [Fact]
    public void Restore_Records_AppliesChangesInOrderAndGivesTheLast()
    {
        var store = new InMemoryStateStore();
        var memory = new ModuleMemory(store);
        memory.Commit(Record("a", 1, "k1"));
        memory.Commit(Record("", 2, "k2"));
        memory.Commit(Record("b", 3, "k3"));
        var restored = new ModuleMemory(store);
        var changes = new List<string>();
        var last = restored.Restore(change => changes.Add(System.Text.Encoding.UTF8.GetString(change)));

        Assert.Equal(["a", "b"], changes);
        Assert.Equal("b"u8.ToArray(), last!.StateChange.ToArray());
        Assert.Equal(3, restored.Ledger.Total("received"));
        Assert.Equal([new("received", "", 3)], restored.SavedBooks);
        Assert.True(new[] { "k1", "k2", "k3" }.All(id => restored.Knows("readings", Key(id))));
        Assert.False(restored.Knows("other", Key("k1")));
    }

    [Fact]
    public void Commit_Fails_TheMessageIsNotKnown()
    {
        var store = new InMemoryStateStore { BeforeWrite = () => throw new IOException("Full.") };
        var memory = new ModuleMemory(store);

        Assert.Throws<IOException>(() => memory.Commit(Record("a", 1, "k1")));
        Assert.False(memory.Knows("readings", Key("k1")));
        Assert.Empty(memory.SavedBooks);
    }

    [Fact]
    public void Compact_Snapshot_ReplacesTheChangesAndKeepsBooksAndKeys()
    {
        var store = new InMemoryStateStore();
        var memory = new ModuleMemory(store);
        memory.Ledger.Count("received", 5);
        for (var i = 0; i < 5; i++) memory.Commit(Record($"{i}", i + 1, $"k{i}"));
        memory.Compact(["x"u8.ToArray(), "y"u8.ToArray()]);
        var restored = new ModuleMemory(store);
        var changes = new List<string>();
        var last = restored.Restore(change => changes.Add(System.Text.Encoding.UTF8.GetString(change)));

        Assert.Equal(["x", "y"], changes);
        Assert.Empty(last!.Outbox);
        Assert.False(last.HasRecreatable);
        Assert.Equal(5, restored.Ledger.Total("received"));
        Assert.True(restored.Knows("readings", Key("k0")) && restored.Knows("readings", Key("k4")));
    }

    [Fact]
    public void CompactIfDue_SmallJournal_DoesNotAskForASnapshot() =>
        new ModuleMemory(new InMemoryStateStore()).CompactIfDue(() => throw new InvalidOperationException("It is not due."));

    [Fact]
    public void CompactIfDue_FullDisk_GoesOnWithTheJournal()
    {
        var store = new InMemoryStateStore();
        var memory = new ModuleMemory(store);
        memory.Commit(new JournalRecord { StateChange = Noise });
        store.BeforeWrite = () => throw new IOException("Full.");
        memory.CompactIfDue(() => []);

        Assert.Single(store.Records);
    }

    [Fact]
    public void CompactIfDue_LargeSnapshot_IsNotMadeAgainBeforeTheJournalHasGrown()
    {
        var store = new InMemoryStateStore();
        var memory = new ModuleMemory(store);
        memory.Commit(new JournalRecord { StateChange = Noise });
        for (var i = 0; i < 10; i++) memory.CompactIfDue(() => [Noise]);

        Assert.Equal(1, store.Replacements);
    }

    /// <summary>5 MB that no compression makes smaller.</summary>
    private static byte[] Noise
    {
        get
        {
            var bytes = new byte[5_000_000];
            new Random(1).NextBytes(bytes);
            return bytes;
        }
    }

    private static JournalRecord Record(string change, long received, string id) => new()
    {
        Messages = [("readings", Key(id))], StateChange = System.Text.Encoding.UTF8.GetBytes(change), Ledger = [new LedgerEntry("received", "", received)],
    };

    private static MessageKey Key(string id) => MessageKey.Of(Message("", id));
}
