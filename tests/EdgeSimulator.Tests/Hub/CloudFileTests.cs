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
        file.Append([Queued(1)], Now);
        var checkpoint = file.Length;
        file.Append([Queued(2), Queued(3)], Now);
        Assert.Equal([2, 3], Recover(file, checkpoint, [Queued(2), Queued(3), Queued(4)]));
        Assert.Equal(3, Lines().Length);
    }

    [Fact]
    public void Recover_CutsOffALineThatWasNotEnded()
    {
        using var file = new CloudFile(_path, "edge-1");
        file.Append([Queued(1), Queued(2)], Now);
        var torn = file.Length - 5;
        using (var cut = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) cut.SetLength(torn);
        Assert.Equal([1], Recover(file, 0, [Queued(1), Queued(2)]));
        Assert.Single(Lines());
        file.Append([Queued(2)], Now);
        Assert.Equal(["1", "2"], Lines().Select(line => line[^2..^1]));
    }

    [Fact]
    public void Recover_FindsTheQueueOfAWorsePriorityThatWasSentFirst()
    {
        using var file = new CloudFile(_path, "edge-1");
        file.Append([Queued(1), Queued(2)], Now);
        Assert.Equal([1, 2], Recover(file, 0, [Queued(9)], [Queued(1), Queued(2), Queued(3)]));
        Assert.Equal(2, Lines().Length);
    }

    [Fact]
    public void Recover_FindsWhatWasSentAroundASenderWhoseCallFailed()
    {
        using var file = new CloudFile(_path, "edge-1");
        file.Append([Queued(2), Queued(4)], Now);
        Assert.Equal([2, 4], Recover(file, 0, [Queued(1), Queued(2), Queued(3), Queued(4), Queued(5)]));
        Assert.Equal(2, Lines().Length);
    }

    [Fact]
    public void Recover_LeavesForeignLinesAlone()
    {
        File.WriteAllText(_path, "something else");
        using var file = new CloudFile(_path, "edge-1");
        Assert.Empty(Recover(file, 0, [Queued(1)]));
        Assert.Empty(Recover(file, 1_000_000, [Queued(1)]));
        file.Append([Queued(1)], Now);
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
        file.Recover(checkpoint, queues).Select(queued => queued.Sequence);

    private static QueuedMessage Queued(int id) =>
        new(id, new HubMessage("source", "out", Now, [], [new("messageId", $"id-{id}")], System.Text.Encoding.UTF8.GetBytes($"{id}")), new QueueEntry(false, QueueEntry.Never, []));
}
