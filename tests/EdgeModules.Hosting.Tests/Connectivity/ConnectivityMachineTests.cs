using EdgeModules.Hosting.Connectivity;

namespace EdgeModules.Hosting.Tests.Connectivity;

public sealed class ConnectivityMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Looks: <c>ok</c>, <c>fail</c>, a latency in <c>ms</c>, or <c>q</c> and the length of edgeHub's queue. The state after each: O, D or - for offline.</summary>
    [Theory]
    [InlineData("ok ok ok", "OOO")]
    [InlineData("fail ok ok", "DDO")]
    [InlineData("fail fail ok ok", "DDDO")]
    [InlineData("fail fail fail fail", "DD--")]
    [InlineData("fail fail fail ok ok", "DD-DO")]
    [InlineData("fail fail fail ok fail ok ok", "DD-DDDO")]
    [InlineData("fail ok fail ok fail ok fail", "DDDDDDD")]
    [InlineData("2000ms 2001ms 2000ms 2000ms", "ODDO")]
    [InlineData("fail fail fail 5000ms ok ok", "DD-DDO")]
    [InlineData("2001ms fail fail fail ok ok", "DDD-DO")]
    [InlineData("q1 q2 q3 q4 q4 q4", "OOODDO")]
    [InlineData("q1 q2 q3 q3 q4 q5 q6", "OOOOOOD")]
    [InlineData("q9 q5 q6 q7 ok q8 q9 q10", "OOOOOOOD")]
    [InlineData("q5 q4 q3 q2 q1 q0", "OOOOOO")]
    [InlineData("q1 q2 fail q3 q4 q5", "OODDOD")]
    public void Observe_Looks_GiveTheStates(string looks, string states)
    {
        var machine = new ConnectivityMachine(ConnectivityState.Online, Start);
        var seen = string.Concat(looks.Split(' ').Select((look, i) =>
        {
            machine.Observe(Look(look), new ConnectivitySettings(), Start.AddSeconds(30 * i));
            return machine.State switch { ConnectivityState.Online => 'O', ConnectivityState.Degraded => 'D', _ => '-' };
        }));

        Assert.Equal(states, seen);
    }

    [Fact]
    public void Observe_Change_TellsFromWhereWhitherAndWhy()
    {
        var machine = new ConnectivityMachine(ConnectivityState.Online, Start);
        var settings = new ConnectivitySettings { OfflineAfterFailures = 2, OnlineAfterSuccesses = 1 };

        Assert.Null(machine.Observe(Look("ok"), settings, Start));
        Assert.Equal(
            new ConnectivityChange(ConnectivityState.Online, ConnectivityState.Degraded, "probe: It is away.", Start.AddSeconds(1)),
            machine.Observe(Look("fail"), settings, Start.AddSeconds(1)));
        Assert.Equal(ConnectivityState.Offline, machine.Observe(Look("fail"), settings, Start.AddSeconds(2))!.To);
        Assert.Null(machine.Observe(Look("fail"), settings, Start.AddSeconds(3)));
        Assert.Equal(Start.AddSeconds(2), machine.Since);
        Assert.Equal(
            new ConnectivityChange(ConnectivityState.Offline, ConnectivityState.Online, "probe: The cloud is reached, and well.", Start.AddSeconds(4)),
            machine.Observe(Look("ok"), settings, Start.AddSeconds(4)));
        Assert.Equal("probe: The latency is 2500 ms; above 2000 is degraded.", machine.Observe(Look("2500ms"), settings, Start.AddSeconds(5))!.Reason);
    }

    [Fact]
    public void Observe_RestartWhileOffline_GoesOnOfflineAtTheFirstFailure()
    {
        var machine = new ConnectivityMachine(ConnectivityState.Offline, Start);

        Assert.Null(machine.Observe(Look("fail"), new ConnectivitySettings(), Start.AddSeconds(30)));
        Assert.Equal((ConnectivityState.Offline, Start), (machine.State, machine.Since));
    }

    [Fact]
    public void Observe_SettingsWithAShorterPatience_HoldFromTheNextLook()
    {
        var machine = new ConnectivityMachine(ConnectivityState.Online, Start);
        machine.Observe(Look("fail"), new ConnectivitySettings { OfflineAfterFailures = 10 }, Start);
        machine.Observe(Look("fail"), new ConnectivitySettings { OfflineAfterFailures = 1 }, Start);

        Assert.Equal(ConnectivityState.Offline, machine.State);
    }

    private static Evidence Look(string look) => look switch
    {
        "ok" => new Evidence("probe"),
        "fail" => new Evidence("probe") { Trouble = "It is away." },
        ['q', .. var queued] => new Evidence("probe") { Queued = long.Parse(queued) },
        [.. var latency, 'm', 's'] => new Evidence("probe") { LatencyMs = double.Parse(latency) },
        _ => throw new ArgumentException(look),
    };
}
