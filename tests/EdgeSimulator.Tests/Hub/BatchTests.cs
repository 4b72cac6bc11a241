using System.Text;
using EdgeModules.Messages.Batches;
using EdgeSimulator.Accounting;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Batches as the cloud takes them in: unpacked, counted by their members, and written as if these had come alone.</summary>
public sealed class BatchTests
{
    private static readonly Dictionary<string, string> ToCloud = new() { ["up"] = "FROM /messages/modules/source/* INTO $upstream" };

    [Fact]
    public async Task Batch_ReachesTheCloud_IsCountedByItsMembers()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        var filtered = Member("filter", "f-1", "reading", 3, "[1,2,3]");
        var score = Member("other", "s-1", "score", 2, $"[\"{new string('x', 5000)}\"]");
        await SendAsync(source, "batch/normal/1", "normal", 5, filtered, score);
        await SendAsync(source, "batch/low/1", "low", 4, Member("filter", "f-2", "invalid", 4, "[]"));
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 2);

        var status = hub.Hub.GetStatus();
        Assert.Equal((9, 2, 0), (status.Upstream.Readings, status.Upstream.MeteredUnits, status.Upstream.DuplicateMessages));
        Assert.Equal(
            [("filter", "invalid", 1L, 4L, 1L), ("filter", "reading", 1, 3, 1), ("other", "score", 1, 2, 2)],
            status.BatchedStreams.Select(stream => (stream.Module, stream.Output, stream.Messages, stream.Readings, stream.MeteredUnits)));
        Assert.Equal([("low", 1L, 4L, 1L, 1L), ("normal", 1, 5, 2, 3)], status.Batches.Select(sums => (sums.Priority, sums.Batches, sums.MemberItems, sums.Members, sums.MeteredUnitsAlone)));
        Assert.Equal(status.Upstream.Bytes, status.Batches.Sum(sums => sums.Bytes));
        // "[1,2,3]", messageType reading, count 3, messageId f-1, and content type and encoding.
        Assert.Equal(7 + 18 + 6 + 12 + 47, status.BatchedStreams[1].Bytes);
        Assert.Empty(Books.Compare(Ledger(9), status with { Endpoints = [] }));
    }

    [Fact]
    public async Task Batch_OfAModuleWhoseOutputsAreKnown_NamesTheOutput()
    {
        await using var hub = await TestHub.StartAsync(new Dictionary<string, string>(ToCloud) { ["in"] = "FROM /messages/modules/filter/* INTO BrokeredEndpoint(\"/modules/source/inputs/normal\")" });
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SendAsync("filtered", "[1]", "f-1", ("messageType", "reading"));
        await filter.SendAsync("a", "[1]", "a-1", ("messageType", "score"));
        await filter.SendAsync("b", "[1]", "b-1", ("messageType", "score"));
        await hub.RestartAsync();
        await using var source = await hub.ConnectAsync("source");
        await SendAsync(source, "batch/normal/1", "normal", 2, Member("filter", "f-1", "reading", 1, "[1]"), Member("filter", "a-1", "score", 1, "[1]"));
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 1);
        // Two outputs send scores: the type is all that is known.
        Assert.Equal(["filtered", "score"], hub.Hub.GetStatus().BatchedStreams.Select(stream => stream.Output));
    }

    [Fact]
    public async Task Batch_InTheCloudFile_HasALineForEachMember()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await SendAsync(source, "batch/normal/1", "normal", 2, Member("filter", "f-1", "reading", 1, """[{"a":1.50}]"""), Member("other", "o-1", "score", 1, "not JSON"));
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 1);
        var lines = hub.ReadCloud();
        Assert.Equal(["batch/normal/1", "f-1", "o-1"], lines.Select(line => (string)line["messageId"]!));
        Assert.NotNull(lines[0]["bodyBase64"]);
        Assert.Null(lines[0]["batchId"]);
        foreach (var line in lines) line.Remove("enqueuedTimeUtc");
        Assert.Equal(
            """{"deviceId":"edge-1","moduleId":"filter","messageId":"f-1","batchId":"batch/normal/1","properties":{"messageType":"reading","count":"1"},"systemProperties":{},"body":[{"a":1.5}]}""",
            lines[1].ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal("bm90IEpTT04=", (string)lines[2]["bodyBase64"]!);
    }

    [Fact]
    public async Task Batch_MembersThatCameBefore_CountOnceAlsoAfterARestart()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using (var source = await hub.ConnectAsync("source"))
        {
            await SendAsync(source, "b-1", "normal", 5, Member("filter", "f-1", "reading", 3, "1"), Member("filter", "f-2", "reading", 2, "2"));
            await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 1);
        }

        await hub.CrashAsync();
        await using var again = await hub.ConnectAsync("source");
        // The same batch, and another with one of its members, one of another module with the same id, and one that is in it twice.
        await SendAsync(again, "b-1", "normal", 5, Member("filter", "f-1", "reading", 3, "1"), Member("filter", "f-2", "reading", 2, "2"));
        await SendAsync(
            again, "b-2", "normal", 12, Member("filter", "f-2", "reading", 2, "2"), Member("other", "f-2", "reading", 4, "4"), Member("filter", "f-3", "reading", 3, "3"),
            Member("filter", "f-3", "reading", 3, "3"));
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream is { Messages: 2, DuplicateMessages: 1 });
        var status = hub.Hub.GetStatus();
        var sums = Assert.Single(status.Batches);
        Assert.Equal((2, 17, 4, 12, 2, 5), (sums.Batches, sums.Items, sums.Members, sums.MemberItems, sums.DuplicateMembers, sums.DuplicateItems));
        Assert.Equal((12, 5), (status.Upstream.Readings, status.Upstream.DuplicateReadings));
        Assert.DoesNotContain(Books.Compare(Ledger(17), status), difference => difference.Place.StartsWith("batches", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no batch", 3, "batches of priority low: 3 in batches that reached the cloud, 0 unpacked there, once or again")]
    [InlineData(null, 8, "batches of priority low: 8 in batches that reached the cloud, 3 unpacked there, once or again")]
    public async Task Batch_ThatDoesNotHoldWhatItSays_IsADifference(string? body, int count, string difference)
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await SendAsync(source, "b-1", "low", count, body is null ? null : Encoding.UTF8.GetBytes(body), Member("filter", "f-1", "reading", 3, "[1]"));
        await source.SendAsync("after", "1");
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 2);
        Assert.Contains(difference, Books.Compare(Ledger(count), hub.Hub.GetStatus()).Select(found => found.ToString()));
        Assert.Equal(body is null ? 0 : 1, hub.Hub.GetStatus().Batches[0].Unreadable);
        Assert.Equal(body is not null, hub.Logs.Lines.Any(line => line.StartsWith("Error: The cloud cannot unpack the batch b-1 of source. The batch cannot be decompressed as gzip", StringComparison.Ordinal)));
    }

    private static Dictionary<string, ModuleLedger> Ledger(int items) =>
        new() { ["source"] = new(new JObject { ["sent"] = new JObject { ["batches"] = items } }) };

    private static BatchMember Member(string module, string id, string type, int count, string body) =>
        new(id, module, new Dictionary<string, string> { ["messageType"] = type, ["count"] = $"{count}" }, Encoding.UTF8.GetBytes(body));

    private static Task SendAsync(TestModule source, string id, string priority, int count, params BatchMember[] members) =>
        SendAsync(source, id, priority, count, null, members);

    private static Task SendAsync(TestModule source, string id, string priority, int count, byte[]? body, params BatchMember[] members) => source.SendAsync(
        "batches",
        body ?? BatchCodec.Encode(new BatchHeader(id, priority, count, 0, 0), members.Select(member => (ReadOnlyMemory<byte>)BatchCodec.EncodeMember(member)), BatchCompression.Gzip),
        id, ("messageType", "batch"), ("priority", priority), ("count", $"{count}"), ("$.ce", "gzip"));
}
