using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Tests.Swap;

public sealed class SwapMachineTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly string C = new('c', 64);
    private static readonly PolicySettings Policy = new();

    private readonly List<SwapEffect> _done = [];
    private DateTimeOffset _now = T0;
    private bool _diskIsFull;
    private ModelJournal _disk = ModelJournal.Empty;

    private static ComparisonSnapshot Good => new()
    {
        Windows = 12_000, Blocks = 200, Agreed = 199, Both = 10, OnlyLive = 1, StabilityIndex = 0.01, RankCorrelation = 0.95, ShadowP50Ms = 0.02, ShadowP99Ms = 0.05,
        LiveP50Ms = 0.02, Probes = [new ProbeCount(30, 27, 27), new ProbeCount(30, 26, 27)],
    };

    [Fact]
    public void Want_WithoutAnyModel_BringsTheBootstrapInWithoutShadowOrProbation()
    {
        var machine = new SwapMachine(ModelJournal.Empty);

        Do(machine, machine.Start(Policy, _now));
        Do(machine, machine.Want(Source(A), null, Policy, null, _now));
        PassGates(machine, A);

        Assert.Equal((SwapPhase.Promoted, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal(A, _disk.Active?.Sha256);
        Assert.Null(_disk.Previous);
        Assert.DoesNotContain(_done, effect => effect is SwapEffect.StartShadow);
    }

    [Fact]
    public void Tick_WhenAllRulesHold_CommitsBeforeTheSwapAndEndsInProbationThenPromoted()
    {
        var machine = InShadow();

        Tick(machine, Good, TimeSpan.FromMinutes(59));
        Assert.Equal(SwapPhase.Shadow, machine.Phase);
        Tick(machine, Good, TimeSpan.FromMinutes(1));

        Assert.Equal((SwapPhase.Probation, B), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal((B, A, SwapPhase.Probation), (_disk.Active?.Sha256, _disk.Previous?.Sha256, _disk.Phase));
        var save = _done.FindLastIndex(effect => effect is SwapEffect.Save);
        Assert.True(save < _done.FindLastIndex(effect => effect is SwapEffect.SwapIn));

        Tick(machine, Good, TimeSpan.FromMinutes(60));
        Assert.Equal((SwapPhase.Promoted, SwapPhase.Promoted), (machine.Phase, _disk.Phase));
        Assert.Contains(_done, effect => effect is SwapEffect.EndProbation);
    }

    [Fact]
    public void Tick_WhenTheCommitFails_KeepsTheOldModelAndTriesAgain()
    {
        var machine = InShadow();
        _diskIsFull = true;

        Tick(machine, Good, TimeSpan.FromMinutes(60));

        Assert.Equal((SwapPhase.Promoting, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Equal(A, _disk.Active?.Sha256);
        _diskIsFull = false;
        Tick(machine, Good, TimeSpan.FromSeconds(11));
        Assert.Equal((SwapPhase.Probation, B), (machine.Phase, machine.Live?.Sha256));
    }

    [Fact]
    public void Tick_WhenARuleIsBroken_RejectsAndDoesNotTryTheSameAgain()
    {
        var machine = InShadow();

        Tick(machine, Good with { RankCorrelation = 0.5 }, TimeSpan.FromMinutes(60));

        Assert.Equal((SwapPhase.Rejected, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Contains("rankCorrelation", _disk.Reason, StringComparison.Ordinal);
        _done.Clear();
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));
        Assert.DoesNotContain(_done, effect => effect is SwapEffect.Fetch);
        Do(machine, machine.Want(null, Source(B), Policy, new SwapCommand { Id = "1", Action = SwapAction.Retry, Sha256 = B }, _now));
        Assert.Contains(_done, effect => effect is SwapEffect.Fetch);
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
    public void Approve_InModeImprove_IsNeededAndKeptOverARestart()
    {
        var policy = Policy with { Mode = SwapMode.Improve };
        var machine = InShadow(policy);
        Tick(machine, Good with { StabilityIndex = 3, RankCorrelation = 0 }, TimeSpan.FromMinutes(61));
        Assert.True(machine.AwaitsApproval);

        Assert.NotNull(machine.Approve(C, _now).Refusal);
        Do(machine, machine.Approve(B, _now).Effects);
        Assert.Equal(B, _disk.Approved);
        Tick(machine, Good with { StabilityIndex = 3, RankCorrelation = 0 }, TimeSpan.FromSeconds(10));

        Assert.Equal(SwapPhase.Probation, machine.Phase);
    }

    [Fact]
    public void Approve_InModeEquivalent_IsRefused() => Assert.Contains("equivalent", InShadow().Approve(B, _now).Refusal, StringComparison.Ordinal);

    [Fact]
    public void Want_WithAnotherCandidate_SupersedesAndBeginsTheOther()
    {
        var machine = InShadow();

        Do(machine, machine.Want(null, Source(C), Policy, null, _now));

        Assert.Equal(SwapPhase.Superseded, _disk.VerdictOn(B)?.Phase);
        Assert.Equal((SwapPhase.Downloading, C), (machine.Phase, _disk.Candidate?.Sha256));
        Assert.Contains(new SwapEffect.Drop(B), _done);
    }

    [Fact]
    public void Want_WithoutCandidate_AbortsTheOneInWork()
    {
        var machine = InShadow();

        Do(machine, machine.Want(null, null, Policy, null, _now));

        Assert.Equal(SwapPhase.Aborted, machine.Phase);
        Assert.Equal(A, machine.Live?.Sha256);
    }

    [Fact]
    public void Want_WithTheActiveModel_DoesNothing()
    {
        var machine = Working();
        _done.Clear();

        Do(machine, machine.Want(Source(C), Source(A), Policy, null, _now));

        Assert.Empty(_done);
    }

    [Fact]
    public void Mismatched_ThreeTimes_Rejects()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));
        for (var attempt = 1; attempt <= SwapMachine.MaxMismatches; attempt++)
        {
            Assert.Equal(SwapPhase.Downloading, machine.Phase);
            Do(machine, machine.Fetched(machine.Ticket, _now));
            Do(machine, machine.Mismatched(machine.Ticket, "Wrong hash.", _now));
        }

        Assert.Equal(SwapPhase.Rejected, machine.Phase);
        Assert.DoesNotContain(_done, effect => effect is SwapEffect.Load { Model.Sha256: var sha256 } && sha256 == B);
    }

    [Fact]
    public void Fetched_WithAnOldTicket_IsIgnored()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));
        var old = machine.Ticket;
        Do(machine, machine.Want(null, Source(C), Policy, null, _now));

        Do(machine, machine.Fetched(old, _now));

        Assert.Equal(SwapPhase.Downloading, machine.Phase);
    }

    [Fact]
    public void Start_AfterTwoCrashesOnLoad_RejectsThatModel()
    {
        for (var crash = 0; crash < SwapMachine.MaxLoadsBegun; crash++)
        {
            var crashing = crash == 0 ? Working() : Restarted();
            Do(crashing, crashing.Want(null, Source(B), Policy, null, _now));
            Do(crashing, crashing.Fetched(crashing.Ticket, _now));
            Do(crashing, crashing.Admitted(crashing.Ticket, _now));
            Assert.Equal(crash + 1, _disk.LoadsBegunOf(B));
        }

        var machine = Restarted();
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));

        Assert.Equal(SwapPhase.Rejected, machine.Phase);
        Assert.Equal(A, machine.Live?.Sha256);
    }

    [Fact]
    public void Admitted_WhileTheCountCannotBeSaved_DoesNotLoad()
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));
        Do(machine, machine.Fetched(machine.Ticket, _now));
        _diskIsFull = true;

        Do(machine, machine.Admitted(machine.Ticket, _now));

        Assert.DoesNotContain(_done, effect => effect is SwapEffect.Load { Model.Sha256: var sha256 } && sha256 == B);
    }

    [Fact]
    public void Start_InProbation_BeginsProbationAnew()
    {
        InProbation();
        _now += TimeSpan.FromMinutes(50);

        var machine = Restarted();

        Assert.Equal((SwapPhase.Probation, B), (machine.Phase, machine.Live?.Sha256));
        Tick(machine, null, TimeSpan.FromMinutes(59));
        Assert.Equal((SwapPhase.Probation, 0), (machine.Phase, _disk.ProbationBoots));
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
        Assert.Equal(A, _disk.Active?.Sha256);
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));
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

        Do(machine, machine.Tick(null, new LiveHealth(fatal, slowMinutes), _now));

        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
    }

    [Fact]
    public void LiveFailed_OnTheWayBack_LeavesNoModelAndSaysSo()
    {
        var machine = InProbation();
        _unloadable.Add(A);

        Do(machine, machine.Tick(null, new LiveHealth("A score is NaN.", 0), _now));

        Assert.Null(machine.Live);
        Assert.Contains("A score is NaN.", machine.Dark, StringComparison.Ordinal);
        Assert.Contains("cannot be used", machine.Dark, StringComparison.Ordinal);
        Assert.Contains(_done, effect => effect is SwapEffect.GoDark);
    }

    [Fact]
    public void Start_WithADamagedActiveModel_TakesTheOneBefore()
    {
        InProbation();
        _unloadable.Add(B);

        var machine = Restarted();

        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
        Assert.Null(_disk.VerdictOn(B));
    }

    [Fact]
    public void Rollback_OfThePromotedModel_GoesBackOnceAndRefusesALateCommand()
    {
        var machine = InProbation();
        Tick(machine, Good, TimeSpan.FromMinutes(60));
        var command = new SwapCommand { Id = "back", Action = SwapAction.Rollback, Sha256 = B };

        Do(machine, machine.Want(null, Source(B), Policy, command, _now));
        Assert.Equal((SwapPhase.RolledBack, A), (machine.Phase, machine.Live?.Sha256));
        Do(machine, machine.Want(null, Source(B), Policy, command, _now));

        Assert.Equal(A, machine.Live?.Sha256);
        Assert.NotNull(machine.Rollback(B, _now).Refusal);
    }

    [Fact]
    public void Start_WithACandidateInShadow_BeginsItAnew()
    {
        InShadow();

        var machine = Restarted();
        Do(machine, machine.Want(null, Source(B), Policy, null, _now));

        Assert.Equal((SwapPhase.Downloading, A), (machine.Phase, machine.Live?.Sha256));
    }

    private readonly HashSet<string> _unloadable = [];

    private static ModelSource Source(string sha256) => new() { Source = ModelSourceKind.File, File = sha256, Sha256 = sha256 };

    private SwapMachine Working()
    {
        var machine = new SwapMachine(new ModelJournal { Active = new ModelEntry(A) });
        _disk = machine.Journal;
        Do(machine, machine.Start(Policy, _now));
        return machine;
    }

    private SwapMachine Restarted()
    {
        var machine = new SwapMachine(ModelJournal.Read(_disk.ToUtf8()));
        Do(machine, machine.Start(Policy, _now));
        return machine;
    }

    private SwapMachine InShadow(PolicySettings? policy = null)
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), policy ?? Policy, null, _now));
        PassGates(machine, B);
        Assert.Equal(SwapPhase.Shadow, machine.Phase);
        return machine;
    }

    private SwapMachine InProbation()
    {
        var machine = InShadow();
        Tick(machine, Good, TimeSpan.FromMinutes(60));
        Assert.Equal(SwapPhase.Probation, machine.Phase);
        return machine;
    }

    private void PassGates(SwapMachine machine, string sha256)
    {
        Do(machine, machine.Fetched(machine.Ticket, _now));
        Do(machine, machine.Admitted(machine.Ticket, _now));
        machine.Loaded(machine.Ticket, new ModelIdentity("m", "1", sha256), _now);
        Do(machine, machine.SelfTested(machine.Ticket, [], _now));
    }

    private void Tick(SwapMachine machine, ComparisonSnapshot? seen, TimeSpan after)
    {
        _now += after;
        Do(machine, machine.Tick(seen, default, _now));
    }

    /// <summary>What the machine's surroundings do at once.</summary>
    private void Do(SwapMachine machine, IReadOnlyList<SwapEffect> effects)
    {
        foreach (var effect in effects)
        {
            _done.Add(effect);
            switch (effect)
            {
                case SwapEffect.Save when _diskIsFull:
                    machine.SaveFailed(_now);
                    break;
                case SwapEffect.Save save:
                    _disk = ModelJournal.Read(save.Journal.ToUtf8());
                    Do(machine, machine.Saved(_now));
                    break;
                case SwapEffect.GoLive live when _unloadable.Contains(live.Model.Sha256):
                    Do(machine, machine.LiveFailed("damaged.", _now));
                    break;
                case SwapEffect.GoLive live:
                    Do(machine, machine.LiveLoaded(new ModelIdentity("m", "1", live.Model.Sha256), _now));
                    break;
                default:
                    break;
            }
        }
    }
}
