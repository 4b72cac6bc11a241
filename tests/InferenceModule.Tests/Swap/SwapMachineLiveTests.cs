using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Tests.Swap;

/// <summary>Starts, probation, the way back, and what an operator asks.</summary>
public sealed class SwapMachineLiveTests : SwapMachineBench
{
    [Fact]
    public void Approve_InModeImprove_IsNeededAndKeptOverARestart()
    {
        var policy = Policy with { Mode = SwapMode.Improve };
        var machine = InShadow(policy);
        Tick(machine, Good with { StabilityIndex = 3, RankCorrelation = 0 }, TimeSpan.FromMinutes(61));
        Assert.True(machine.AwaitsApproval);

        Assert.NotNull(machine.Approve(C, Now).Refusal);
        Do(machine, machine.Approve(B, Now).Effects);
        Assert.Equal(B, Disk.Approved);
        Tick(machine, Good with { StabilityIndex = 3, RankCorrelation = 0 }, TimeSpan.FromSeconds(10));

        Assert.Equal(SwapPhase.Probation, machine.Phase);
    }

    [Fact]
    public void Approve_InModeEquivalent_IsRefused() => Assert.Contains("equivalent", InShadow().Approve(B, Now).Refusal, StringComparison.Ordinal);

    [Fact]
    public void Start_AfterTwoCrashesOnLoad_RejectsThatModel()
    {
        for (var crash = 0; crash < SwapMachine.MaxLoadsBegun; crash++)
        {
            var crashing = crash == 0 ? Working() : Restarted();
            Do(crashing, crashing.Want(null, Source(B), Policy, null, Now));
            Do(crashing, crashing.Fetched(crashing.Ticket, Now));
            Do(crashing, crashing.Admitted(crashing.Ticket, Now));
            Assert.Equal(crash + 1, Disk.LoadsBegunOf(B));
        }

        var machine = Restarted();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));

        Assert.Equal(SwapPhase.Rejected, machine.Phase);
        Assert.Equal(A, machine.Live?.Sha256);
    }

    [Fact]
    public void Start_InProbation_BeginsProbationAnew()
    {
        InProbation();
        Now += TimeSpan.FromMinutes(50);

        var machine = Restarted();

        Assert.Equal((SwapPhase.Probation, B), (machine.Phase, machine.Live?.Sha256));
        Tick(machine, null, TimeSpan.FromMinutes(59));
        Assert.Equal((SwapPhase.Probation, 0), (machine.Phase, Disk.ProbationBoots));
        Tick(machine, null, TimeSpan.FromMinutes(1));
        Assert.Equal(SwapPhase.Promoted, machine.Phase);
    }

    [Fact]
    public void Start_AfterThreeShortLivesInProbation_GoesBack()
    {
        InProbation();
        for (var boot = 0; boot < SwapMachine.MaxProbationBoots; boot++) Assert.Equal(B, Restarted().Live?.Sha256);

        var machine = Restarted();

        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal(A, Disk.Active?.Sha256);
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Assert.Equal(SwapPhase.RolledBack, machine.Phase);
    }

    [Fact]
    public void Tick_InProbationWithFarMoreAlerts_GoesBack()
    {
        var machine = InProbation();

        Tick(machine, Good with { Both = 2, OnlyLive = 30, OnlyShadow = 0 }, TimeSpan.FromMinutes(10));

        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
    }

    [Fact]
    public void Tick_InProbationWithAlertsOfBoth_Stays()
    {
        var machine = InProbation();

        Tick(machine, Good with { Both = 120, OnlyLive = 10, OnlyShadow = 5 }, TimeSpan.FromMinutes(10));

        Assert.Equal(SwapPhase.Probation, machine.Phase);
    }

    [Theory]
    [InlineData("A score is NaN.", 0)]
    [InlineData(null, 3)]
    public void Tick_InProbationWithASickModel_GoesBack(string? fatal, int slowMinutes)
    {
        var machine = InProbation();

        Do(machine, machine.Tick(null, new LiveHealth(fatal, slowMinutes), Now));

        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
    }

    [Fact]
    public void LiveFailed_OnTheWayBack_LeavesNoModelAndSaysSo()
    {
        var machine = InProbation();
        Unloadable.Add(A);

        Do(machine, machine.Tick(null, new LiveHealth("A score is NaN.", 0), Now));

        Assert.Null(machine.Live);
        Assert.Contains("A score is NaN.", machine.Dark, StringComparison.Ordinal);
        Assert.Contains("cannot be used", machine.Dark, StringComparison.Ordinal);
        Assert.Contains(Done, effect => effect is SwapEffect.GoDark);
    }

    [Fact]
    public void Start_WithADamagedActiveModel_TakesTheOneBefore()
    {
        InProbation();
        Unloadable.Add(B);

        var machine = Restarted();

        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Null(Disk.VerdictOn(B));
    }

    [Fact]
    public void Rollback_OfThePromotedModel_GoesBackOnceAndRefusesALateCommand()
    {
        var machine = InProbation();
        Tick(machine, Good, TimeSpan.FromMinutes(60));
        var command = new SwapCommand { Id = "back", Action = SwapAction.Rollback, Sha256 = B };

        Do(machine, machine.Want(null, Source(B), Policy, command, Now));
        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
        Do(machine, machine.Want(null, Source(B), Policy, command, Now));

        Assert.Equal(A, machine.Live?.Sha256);
        Assert.NotNull(machine.Rollback(B, Now).Refusal);
    }

    [Fact]
    public void Start_WithACandidateInShadow_BeginsItAnew()
    {
        InShadow();

        var machine = Restarted();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));

        Assert.Equal((SwapPhase.Downloading, A), (machine.Phase, machine.Live?.Sha256));
    }
}
