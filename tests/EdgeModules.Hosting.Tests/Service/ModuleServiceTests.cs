using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Service;

public sealed class ModuleServiceTests
{
    [Fact]
    public async Task Report_AfterTheFirstTwin_IsSettingsVerdictBooksAndTheModulesOwn()
    {
        await using var rig = new ServiceRig();
        rig.Module.ReportPart = JObject.Parse("""{"progress":{"rows":5}}""");
        rig.Module.HeldNow = 4;
        await rig.StartedAsync("""{"step":7}""");
        await rig.UntilReportedAsync("settings.status", "\"applied\"");

        Assert.Equal(
            """{"step":{"value":7,"ac":200,"av":1},"emitInvalid":{"value":true,"ac":203,"av":0}"""
            + ""","settings":{"version":1,"status":"applied","errors":[]},"ledger":{"held":4},"progress":{"rows":5}}""",
            rig.Client.Reported.ToString(Formatting.None));
    }

    [Fact]
    public async Task Report_HubHasAnOldOne_SendsOnlyWhatDiffers()
    {
        await using var rig = new ServiceRig();
        const string Old = """{"gone":1,"step":{"value":1,"ac":203,"av":0},"emitInvalid":{"value":true,"ac":203,"av":0}}""";
        await rig.Client.ReportAsync(JObject.Parse(Old), default);
        await rig.StartedAsync();
        await rig.UntilReportedAsync("settings.status", "\"applied\"");

        Assert.Equal("""{"settings":{"version":1,"status":"applied","errors":[]},"ledger":{"held":0},"gone":null}""", rig.Client.Patches.Last().ToString(Formatting.None));
    }

    [Fact]
    public async Task OnTwin_BadSettings_AreReportedAndTheOldStayInForce()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        await rig.GiveTwinAsync(2, """{"step":-1}""");
        await rig.UntilReportedAsync("step", """{"value":7,"ac":400,"av":2,"ad":"step is -1; it must be 1 to 100."}""");

        Assert.Equal(7, rig.Module.SettingsSeen[^1].Step);
        await rig.GiveTwinAsync(3, """{"step":8}""");
        await rig.UntilReportedAsync("step", """{"value":8,"ac":200,"av":3}""");
        Assert.Equal(8, rig.Module.SettingsSeen[^1].Step);
    }

    [Fact]
    public async Task OnTwin_SettingsThatCannotBeSaved_AreNotInForce()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        rig.Store.BeforeWrite = () => throw new IOException("Full.");
        await rig.GiveTwinAsync(2, """{"step":8}""");
        rig.Store.BeforeWrite = static () => { };

        Assert.Equal(7, rig.Module.SettingsSeen[^1].Step);
        Assert.Contains(rig.Log.Lines, line => line == new LogLine(LogLevel.Error, "The new settings are not in force, since they cannot be saved: Full."));
        await rig.GiveTwinAsync(2, """{"step":8}""");
        Assert.Equal(8, rig.Module.SettingsSeen[^1].Step);
    }

    [Fact]
    public async Task Report_BooksChange_AreReportedOnceAMinute()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        await rig.DeliverAsync(Readings("a", "b"));
        await rig.UntilReportedAsync("ledger", """{"held":0}""");
        await Waiting.ForAsync(
            () =>
            {
                rig.Clock.Advance(TimeSpan.FromSeconds(60));
                return rig.Client.Reported.SelectToken("ledger.received") is not null;
            },
            "the books are reported");

        Assert.Equal("""{"held":0,"forwarded":2,"received":2,"sent":{"out":2}}""", rig.Client.Reported["ledger"]!.ToString(Formatting.None));
    }

    [Fact]
    public async Task Report_ModulesOwnPartChanges_IsReportedAtOnce()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        rig.Module.ReportPart = JObject.Parse("""{"end":true}""");
        await rig.DeliverAsync(Readings("a"));

        await rig.UntilReportedAsync("end", "true");
        rig.Module.ReportPart = null;
        await rig.DeliverAsync(Readings("b"));
        await Waiting.ForAsync(() => rig.Client.Reported["end"] is null, "the part is deleted");
    }

    [Fact]
    public async Task StopAsync_Orderly_FinishesSavesReportsAndCloses()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        await rig.DeliverAsync(Readings("a"), id: "m", count: 1);
        await rig.DeliverAsync(Readings("a"), id: "m", count: 1);
        await rig.StopAsync();

        Assert.Equal(["stop receiving", "report", "close"], rig.Client.Calls.TakeLast(3));
        Assert.Equal("""{"forwarded":1,"held":0,"received":1,"redelivered":1,"sent":{"out":1}}""", Sorted(rig.Client.Reported["ledger"]!));
        Assert.Contains(new("redelivered", "", 1), rig.Store.Records[^1].Ledger!);
        Assert.Equal("Stopped; all that was accepted is saved.", rig.Log.Lines.Last().Text);
        Assert.False(rig.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task StopAsync_HubDoesNotAnswer_GivesUpInTimeAndLosesNothing()
    {
        var rig = new ServiceRig();
        var sending = new TaskCompletionSource();
        rig.Client.BeforeSend = (_, cancellation) =>
        {
            sending.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        };
        rig.Client.WhenStopping = cancellation => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        await rig.StartedAsync();
        var unacknowledged = rig.DeliverAsync(Readings("a"), id: "m", count: 1);
        await sending.Task.WaitAsync(Waiting.Deadline);
        var stopped = rig.StopWithoutWaitingAsync();
        await Waiting.ForAsync(
            () =>
            {
                rig.Clock.Advance(TimeSpan.FromSeconds(1));
                return stopped.IsCompleted;
            },
            "the module stops");
        await stopped;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unacknowledged);
        await rig.DisposeAsync();

        await using var next = new ServiceRig(rig.Store);
        await next.StartedAsync();
        await next.DeliverAsync(Readings("a"), id: "m", count: 1);
        Assert.Equal(["a"], next.Module.State);
        Assert.Single(next.Client.Sent);
    }

    [Fact]
    public async Task RunAsync_LoopFails_EndsTheProcess()
    {
        await using var rig = new ServiceRig();
        rig.Module.NextTickAt = Start;
        rig.Module.Tick = _ => throw new InvalidOperationException("Bang.");
        var exitCode = Environment.ExitCode;
        try
        {
            await rig.StartedAsync();
            await Waiting.ForAsync(() => rig.ApplicationStopping.IsCancellationRequested, "the service asks the process to end");

            Assert.Equal(1, Environment.ExitCode);
            Assert.Contains(rig.Log.Lines, line => line == new LogLine(LogLevel.Critical, "The module failed and ends, to be started again."));
        }
        finally
        {
            Environment.ExitCode = exitCode;
        }
    }

    [Fact]
    public async Task StartAsync_StoreHasAWarning_IsLogged()
    {
        await using var rig = new ServiceRig(new InMemoryStateStore { Warning = "It was set aside." });
        await rig.StartedAsync();

        Assert.Contains(rig.Log.Lines, line => line == new LogLine(LogLevel.Warning, "It was set aside."));
    }

    private static string Sorted(JToken books) =>
        new JObject(((JObject)books).Properties().OrderBy(property => property.Name, StringComparer.Ordinal)).ToString(Formatting.None);
}
