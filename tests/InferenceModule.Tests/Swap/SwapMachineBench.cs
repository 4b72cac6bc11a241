using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Tests.Swap;

/// <summary>The machine of states with surroundings that do at once what it wants.</summary>
public abstract class SwapMachineBench
{
    protected static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    protected static readonly string A = new('a', 64);
    protected static readonly string B = new('b', 64);
    protected static readonly string C = new('c', 64);
    protected static readonly PolicySettings Policy = new();

    /// <summary>What the machine wanted.</summary>
    private protected List<SwapEffect> Done { get; } = [];

    protected DateTimeOffset Now { get; set; } = T0;

    protected bool DiskIsFull { get; set; }

    private protected ModelJournal Disk { get; private set; } = ModelJournal.Empty;

    /// <summary>Models that fail when they are to go live.</summary>
    protected HashSet<string> Unloadable { get; } = [];

    protected static ComparisonSnapshot Good => new()
    {
        Windows = 12_000, Blocks = 200, Agreed = 199, Both = 10, OnlyLive = 1, StabilityIndex = 0.01, RankCorrelation = 0.95, ShadowP50Ms = 0.02,
        ShadowP99Ms = 0.05,
        LiveP50Ms = 0.02, Probes = [new ProbeCount(30, 27, 27), new ProbeCount(30, 26, 27)],
    };

    protected static ModelSource Source(string sha256) => new() { Source = ModelSourceKind.File, File = sha256, Sha256 = sha256 };

    protected SwapMachine Working()
    {
        var machine = new SwapMachine(new ModelJournal { Active = new ModelEntry(A) });
        Disk = machine.Journal;
        Do(machine, machine.Start(Policy, Now));
        return machine;
    }

    protected SwapMachine Restarted()
    {
        var machine = new SwapMachine(ModelJournal.Read(Disk.ToUtf8()));
        Do(machine, machine.Start(Policy, Now));
        return machine;
    }

    protected SwapMachine InShadow(PolicySettings? policy = null)
    {
        var machine = Working();
        Do(machine, machine.Want(null, Source(B), policy ?? Policy, null, Now));
        PassGates(machine, B);
        Assert.Equal(SwapPhase.Shadow, machine.Phase);
        return machine;
    }

    protected SwapMachine InProbation()
    {
        var machine = InShadow();
        Tick(machine, Good, TimeSpan.FromMinutes(60));
        Assert.Equal(SwapPhase.Probation, machine.Phase);
        return machine;
    }

    protected void PassGates(SwapMachine machine, string sha256)
    {
        Do(machine, machine.Fetched(machine.Ticket, Now));
        Do(machine, machine.Admitted(machine.Ticket, Now));
        machine.Loaded(machine.Ticket, new ModelIdentity("m", "1", sha256), Now);
        Do(machine, machine.SelfTested(machine.Ticket, [], Now));
    }

    protected void Tick(SwapMachine machine, ComparisonSnapshot? seen, TimeSpan after)
    {
        Now += after;
        Do(machine, machine.Tick(seen, default, Now));
    }

    /// <summary>What the machine's surroundings do at once.</summary>
    protected void Do(SwapMachine machine, IReadOnlyList<SwapEffect> effects)
    {
        foreach (var effect in effects)
        {
            Done.Add(effect);
            switch (effect)
            {
                case SwapEffect.Save when DiskIsFull:
                    machine.SaveFailed(Now);
                    break;
                case SwapEffect.Save save:
                    Disk = ModelJournal.Read(save.Journal.ToUtf8());
                    Do(machine, machine.Saved(Now));
                    break;
                case SwapEffect.GoLive live when Unloadable.Contains(live.Model.Sha256):
                    Do(machine, machine.LiveFailed("damaged.", Now));
                    break;
                case SwapEffect.GoLive live:
                    Do(machine, machine.LiveLoaded(new ModelIdentity("m", "1", live.Model.Sha256), Now));
                    break;
                default:
                    break;
            }
        }
    }
}
