using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Tests.Swap;

/// <summary>A candidate on its way from the settings to the swap, or to its end.</summary>
public sealed class SwapMachineTests : SwapMachineBench
{
    [Fact]
    public void Want_WithoutAnyModel_BringsTheBootstrapInWithoutShadowOrProbation()
    {
        var machine = new SwapMachine(ModelJournal.Empty);

        Do(machine, machine.Start(Policy, Now));
        Do(machine, machine.Want(Source(A), null, Policy, null, Now));
        PassGates(machine, A);

        Assert.Equal((SwapPhase.Promoted, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal(A, Disk.Active?.Sha256);
        Assert.Null(Disk.Previous);
        Assert.DoesNotContain(Done, effect => effect is SwapEffect.StartShadow);
    }

    [Fact]
    public void Tick_WhenAllRulesHold_CommitsBeforeTheSwapAndEndsInProbationThenPromoted()
    {
        var machine = InShadow();

        Tick(machine, Good, TimeSpan.FromMinutes(59));
        Assert.Equal(SwapPhase.Shadow, machine.Phase);
        Tick(machine, Good, TimeSpan.FromMinutes(1));

        Assert.Equal((SwapPhase.Probation, B), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal((B, A, SwapPhase.Probation), (Disk.Active?.Sha256, Disk.Previous?.Sha256, Disk.Phase));
        var save = Done.FindLastIndex(effect => effect is SwapEffect.Save);
        Assert.True(save < Done.FindLastIndex(effect => effect is SwapEffect.SwapIn));

        Tick(machine, Good, TimeSpan.FromMinutes(60));
        Assert.Equal((SwapPhase.Promoted, SwapPhase.Promoted), (machine.Phase, Disk.Phase));
        Assert.Contains(Done, effect => effect is SwapEffect.EndProbation);
    }

    [Fact]
    public void Tick_WhenTheCommitFails_KeepsTheOldModelAndTriesAgain()
    {
        var machine = InShadow();
        DiskIsFull = true;

        Tick(machine, Good, TimeSpan.FromMinutes(60));

        Assert.Equal((SwapPhase.Promoting, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal(A, Disk.Active?.Sha256);
        DiskIsFull = false;
        Tick(machine, Good, TimeSpan.FromSeconds(11));
        Assert.Equal((SwapPhase.Probation, B), (machine.Phase, machine.Live?.Sha256));
    }

    [Fact]
    public void Tick_WhenARuleIsBroken_RejectsAndDoesNotTryTheSameAgain()
    {
        var machine = InShadow();

        Tick(machine, Good with { RankCorrelation = 0.5 }, TimeSpan.FromMinutes(60));

        Assert.Equal((SwapPhase.Rejected, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Contains("rankCorrelation", Disk.Reason, StringComparison.Ordinal);
        Done.Clear();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Assert.DoesNotContain(Done, effect => effect is SwapEffect.Fetch);
        Do(machine, machine.Want(null, Source(B), Policy, new SwapCommand { Id = "1", Action = SwapAction.Retry, Sha256 = B }, Now));
        Assert.Contains(Done, effect => effect is SwapEffect.Fetch);
    }

    [Fact]
    public void Tick_WithoutEnoughBlocks_ExtendsToADayAndIsInconclusive()
    {
        var machine = InShadow();

        Tick(machine, Good with { Blocks = 100, Agreed = 100 }, TimeSpan.FromMinutes(61));
        Assert.Equal(SwapPhase.Extending, machine.Phase);
        Tick(machine, Good with { Blocks = 149, Agreed = 149 }, TimeSpan.FromHours(24));

        Assert.Equal(SwapPhase.Inconclusive, machine.Phase);
        Assert.Equal(A, machine.Live?.Sha256);
    }

    [Fact]
    public void Tick_WithAFatalFault_RejectsAtOnce()
    {
        var machine = InShadow();

        Tick(machine, Good with { Fatal = "A score is NaN; it must be 0 to 1." }, TimeSpan.FromSeconds(10));

        Assert.Equal(SwapPhase.Rejected, machine.Phase);
    }

    [Fact]
    public void Want_WithAnotherCandidate_SupersedesAndBeginsTheOther()
    {
        var machine = InShadow();

        Do(machine, machine.Want(null, Source(C), Policy, null, Now));

        Assert.Equal(SwapPhase.Superseded, Disk.VerdictOn(B)?.Phase);
        Assert.Equal((SwapPhase.Downloading, C), (machine.Phase, Disk.Candidate?.Sha256));
        Assert.Contains(new SwapEffect.Drop(B), Done);
    }

    [Fact]
    public void Want_WithoutCandidate_AbortsTheOneInWork()
    {
        var machine = InShadow();

        Do(machine, machine.Want(null, null, Policy, null, Now));

        Assert.Equal(SwapPhase.Aborted, machine.Phase);
        Assert.Equal(A, machine.Live?.Sha256);
    }

    [Fact]
    public void Want_WithTheActiveModel_DoesNothing()
    {
        var machine = Working();
        Done.Clear();

        Do(machine, machine.Want(Source(C), Source(A), Policy, null, Now));

        Assert.Empty(Done);
    }

    [Fact]
    public void Mismatched_ThreeTimes_Rejects()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        for (var attempt = 1; attempt <= SwapMachine.MaxMismatches; attempt++)
        {
            Assert.Equal(SwapPhase.Downloading, machine.Phase);
            Do(machine, machine.Fetched(machine.Ticket, Now));
            Do(machine, machine.Mismatched(machine.Ticket, "Wrong hash.", Now));
        }

        Assert.Equal(SwapPhase.Rejected, machine.Phase);
        Assert.DoesNotContain(Done, effect => effect is SwapEffect.Load { Model.Sha256: var sha256 } && sha256 == B);
    }

    [Fact]
    public void Fetched_WithAnOldTicket_IsIgnored()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        var old = machine.Ticket;
        Do(machine, machine.Want(null, Source(C), Policy, null, Now));

        Do(machine, machine.Fetched(old, Now));

        Assert.Equal(SwapPhase.Downloading, machine.Phase);
    }

    [Fact]
    public void Admitted_WhileTheCountCannotBeSaved_DoesNotLoad()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Do(machine, machine.Fetched(machine.Ticket, Now));
        DiskIsFull = true;

        Do(machine, machine.Admitted(machine.Ticket, Now));

        Assert.DoesNotContain(Done, effect => effect is SwapEffect.Load { Model.Sha256: var sha256 } && sha256 == B);
    }

    [Fact]
    public void Tick_WhileTheSelfTestHangs_RejectsAfterTenMinutes()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Do(machine, machine.Fetched(machine.Ticket, Now));
        Do(machine, machine.Admitted(machine.Ticket, Now));
        Tick(machine, null, TimeSpan.FromMinutes(10));
        Assert.Equal(SwapPhase.Loading, machine.Phase);

        Tick(machine, null, TimeSpan.FromSeconds(1));

        Assert.Equal((SwapPhase.Rejected, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal("Its load and self-test did not end within 10 minutes.", Disk.Reason);
    }

    [Fact]
    public void Want_AfterAnOfferThatCouldNotBeHad_TriesItAgainAndOneThatFailedInShadowDoesNot()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Do(machine, machine.FetchFailed(machine.Ticket, "Nobody answers.", Now));
        Assert.True(Disk.VerdictOn(B)!.IsOffer);

        Do(machine, machine.Want(null, Source(B) with { File = "elsewhere" }, Policy, null, Now));

        Assert.Equal(SwapPhase.Downloading, machine.Phase);
        PassGates(machine, B);
        Tick(machine, Good with { Fatal = "It failed." }, TimeSpan.FromSeconds(10));
        Assert.False(Disk.VerdictOn(B)!.IsOffer);
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Assert.Equal(SwapPhase.Rejected, machine.Phase);
    }

    [Fact]
    public void Impossible_WhereNoModelCanBeRun_SaysNothingAgainstTheCandidate()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, Now));
        Do(machine, machine.Fetched(machine.Ticket, Now));
        Do(machine, machine.Admitted(machine.Ticket, Now));
        Do(machine, machine.Impossible(machine.Ticket, "There is no runtime.", Now));
        Assert.Equal(SwapPhase.Aborted, machine.Phase);

        var next = Restarted();
        Do(next, next.Want(null, Source(B), Policy, null, Now));

        Assert.Equal((SwapPhase.Downloading, 0), (next.Phase, Disk.LoadsBegunOf(B)));
    }
}
