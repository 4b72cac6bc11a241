using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Tests.Hub;

public sealed class CloudCallTests
{
    [Fact]
    public void Rounds_OneSender_AreCallsOfTenOneAfterTheOther() =>
        Assert.Equal([["a:0-9"], ["a:10-19"], ["a:20-24"]], Rounds([.. Enumerable.Range(0, 25).Select(id => Queued(id, "a"))]));

    [Fact]
    public void Rounds_TwoSenders_GoSideBySideEachInItsOrder() => Assert.Equal(
        [["a:0-18", "b:1-3"], ["a:20-22"]],
        Rounds([.. Enumerable.Range(0, 23).Where(id => id % 2 == 0 || id < 4).Select(id => Queued(id, id % 2 == 0 ? "a" : "b"))]));

    [Fact]
    public void Rounds_MoreThanTenSenders_GoInTens() => Assert.Equal(
        [[.. Enumerable.Range(0, 10).Select(id => $"m{id}:{id}-{id}")], ["m10:10-10", "m11:11-11"]],
        Rounds([.. Enumerable.Range(0, 12).Select(id => Queued(id, $"m{id}"))]));

    [Fact]
    public void Rounds_LargeMessages_AreSoManyAsFitIntoOneMessagesLimit() =>
        Assert.Equal([["a:0-2"], ["a:3-3"]], Rounds([.. Enumerable.Range(0, 4).Select(id => Queued(id, "a", bytes: id == 1 ? 80_000 : 10))]));

    [Fact]
    public void Rounds_NoMessage_AreNone() => Assert.Empty(Rounds([]));

    private static IEnumerable<string[]> Rounds(QueuedMessage[] batch) =>
        CloudCall.Rounds(batch).Select(round => round.Select(call => $"{call.Sender}:{call.Messages[0].Sequence}-{call.Messages[^1].Sequence}").ToArray());

    private static QueuedMessage Queued(int id, string module, int bytes = 10) =>
        new(id, new HubMessage(module, "out", DateTimeOffset.UnixEpoch, [], [], new byte[bytes]), new QueueEntry(false, QueueEntry.Never, []));
}
