using EdgeModules.Messages.Batches;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Tests.Hub;

/// <summary>What a process leaves that ends between append and checkpoint.</summary>
public sealed class CloudFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("edgehub-cloud-").FullName, "cloud.jsonl");

    [Fact]
    public void Recover_CountsTheLinesThatSayWhatIsQueued()
    {
        using var file = new CloudFile(_path, "edge-1");
        Append(file, Queued(1));
        var checkpoint = file.Length;
        Append(file, Queued(2), Queued(3));
        Assert.Equal([2, 3], Recover(file, checkpoint, [Queued(2), Queued(3), Queued(4)]));
        Assert.Equal(3, Lines().Length);
    }

    [Fact]
    public void Recover_CutsOffALineThatWasNotEnded()
    {
        using var file = new CloudFile(_path, "edge-1");
        Append(file, Queued(1), Queued(2));
        var torn = file.Length - 5;
        using (var cut = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) cut.SetLength(torn);
        Assert.Equal([1], Recover(file, 0, [Queued(1), Queued(2)]));
        Assert.Single(Lines());
        Append(file, Queued(2));
        Assert.Equal(["1", "2"], Lines().Select(line => line[^2..^1]));
    }

    [Fact]
    public void Recover_FindsTheQueueOfAWorsePriorityThatWasSentFirst()
    {
        using var file = new CloudFile(_path, "edge-1");
        Append(file, Queued(1), Queued(2));
        Assert.Equal([1, 2], Recover(file, 0, [Queued(9)], [Queued(1), Queued(2), Queued(3)]));
        Assert.Equal(2, Lines().Length);
    }

    [Fact]
    public void Recover_FindsWhatWasSentAroundASenderWhoseCallFailed()
    {
        using var file = new CloudFile(_path, "edge-1");
        Append(file, Queued(2), Queued(4));
        Assert.Equal([2, 4], Recover(file, 0, [Queued(1), Queued(2), Queued(3), Queued(4), Queued(5)]));
        Assert.Equal(2, Lines().Length);
    }

    /// <summary>At every byte where the process may have ended.</summary>
    [Fact]
    public void Recover_TornBatch_IsCutOffWithItsMembers()
    {
        using (var file = new CloudFile(_path, "edge-1")) Append(file, Queued(1), Batch(2));
        var whole = File.ReadAllBytes(_path);
        var first = whole.AsSpan().IndexOf((byte)'\n') + 1;
        Assert.Equal(4, Lines().Length);
        for (var length = first + 60; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            using var file = new CloudFile(_path, "edge-1");
            Assert.Equal([1], Recover(file, 0, [Queued(1), Batch(2)]));
            Assert.Equal(first, file.Length);
        }

        File.WriteAllBytes(_path, whole);
        using var complete = new CloudFile(_path, "edge-1");
        Assert.Equal([1, 2], Recover(complete, 0, [Queued(1), Batch(2)]));
    }

    [Fact]
    public void Recover_LeavesForeignLinesAlone()
    {
        File.WriteAllText(_path, "something else");
        using var file = new CloudFile(_path, "edge-1");
        Assert.Empty(Recover(file, 0, [Queued(1)]));
        Assert.Empty(Recover(file, 1_000_000, [Queued(1)]));
        Append(file, Queued(1));
        Assert.Equal("something else", Lines()[0]);
        Assert.Equal(2, Lines().Length);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private string[] Lines()
    {
        using var reader = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<long> Recover(CloudFile file, long checkpoint, params QueuedMessage[][] queues) =>
        file.Recover(checkpoint, queues).Select(arrival => arrival.Queued.Sequence);

    private static void Append(CloudFile file, params QueuedMessage[] messages) => file.Append([.. messages.Select(CloudArrival.Of)], Now);

    private static QueuedMessage Batch(int id)
    {
        var members = new[] { "a", "b" }.Select(member => (ReadOnlyMemory<byte>)BatchCodec.EncodeMember(new BatchMember(member, "M", new Dictionary<string, string>(), "[1]"u8.ToArray())));
        var body = BatchCodec.Encode(new BatchHeader("b-1", "low", 2, 0, 0), members, BatchCompression.None);
        return new(id, new HubMessage("source", "out", Now, [new("messageType", "batch")], [new("messageId", $"id-{id}")], body), new QueueEntry(false, QueueEntry.Never, []));
    }

    private static QueuedMessage Queued(int id) =>
        new(id, new HubMessage("source", "out", Now, [], [new("messageId", $"id-{id}")], System.Text.Encoding.UTF8.GetBytes($"{id}")), new QueueEntry(false, QueueEntry.Never, []));
}
