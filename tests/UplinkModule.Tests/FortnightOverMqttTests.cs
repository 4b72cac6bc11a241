using EdgeModules.Testing;
using Xunit.Abstractions;

namespace EdgeModules.Uplink.Tests;

/// <summary>In every test run of few devices; <c>FORTNIGHT_DEVICES=1000</c> makes it a trial of as many, which takes a while, and tells its figures.</summary>
public sealed class FortnightOverMqttTests(ITestOutputHelper output)
{
    [Fact]
    public async Task AwayForTwoWeeks_CriticalAlertsComeFirstAndTheBooksBalance()
    {
        var devices = int.TryParse(Environment.GetEnvironmentVariable("FORTNIGHT_DEVICES"), out var wanted) ? wanted : Fortnight.FewDevices;
        await using var fortnight = new Fortnight(devices);
        await fortnight.StartAsync();
        await fortnight.PassAsync();
        var away = await fortnight.BooksAsync();
        Assert.Equal(0, fortnight.Hub.Hub.GetStatus().Upstream.Messages);
        Assert.True(Fortnight.Sum(away["evicted"]) > 0, "The spool was never full.");

        var back = fortnight.Return();
        await Waiting.ForAsync(
            async () => Fortnight.Sum((await fortnight.BooksAsync())["held"]) < Fortnight.Sum(away["held"]) / 10,
            "the backlog drains",
            deadline: TimeSpan.FromMinutes(30));
        // edgeHub tries the cloud again after a back-off of up to a minute. A batch is in the books before it is sent, and the module goes on sending.
        await Waiting.ForAsync(
            async () => Fortnight.Sum((await fortnight.BooksAsync())["batched"]) == fortnight.Hub.Hub.GetStatus().Batches.Sum(batch => batch.MemberItems),
            "all that was batched is at the cloud",
            deadline: TimeSpan.FromMinutes(30));
        var drained = TimeProvider.System.GetElapsedTime(back);
        // All alerts, in order, before any batch.
        var alerts = fortnight.ReadAlerts();
        Assert.Equal(fortnight.Alerts, alerts.Select(alert => alert.Id));
        var books = await fortnight.BooksAsync();
        Assert.Equal(Fortnight.Sum(books["received"]), Fortnight.Sum(books["batched"]) + Fortnight.Sum(books["evicted"]) + Fortnight.Sum(books["held"]));
        Assert.Null(books["dropped"]);
        var batches = fortnight.Hub.Hub.GetStatus().Batches;
        Assert.Equal((0, 0), (batches.Sum(batch => batch.Unreadable), batches.Sum(batch => batch.DuplicateMembers)));
        foreach (var line in fortnight.Describe(alerts, away, books, drained)) output.WriteLine(line);
    }
}
