using EdgeSimulator.Accounting;
using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Running;

/// <summary>Ends a run so that its books can be compared: sources first, then the queues, then the rest.</summary>
public sealed class Shutdown(
    IEdgeHub hub, IModuleFleet fleet, SourceWatch sources, LedgerReader ledgers, TimeSpan ackTimeout, Terminal terminal, TimeProvider clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(60);

    /// <summary>A receiver that vanished with a message in hand holds up its queue this much longer than the ack timeout.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    public async Task<FinalBooks> StopAsync(RunEnd end, CancellationToken cancellation)
    {
        fleet.BeginShutdown();
        var told = new Dictionary<string, ModuleLedger>();
        if (end.Reason != RunEndReason.DataEnded)
        {
            // A source that is about to be restarted has books that only it knows.
            await WaitAsync(() => Backlog.OfAbsence(hub.GetStatus(), SourceStates()), cancellation);
            await AskAsync(sources.Sources, told, cancellation);
            await fleet.StopAsync(sources.Sources);
            await WaitAsync(LeftToDo, cancellation);
            if (await new UplinkFlush(hub, ledgers, clock).SendAllAsync(cancellation)) await WaitAsync(LeftToDo, cancellation);
        }

        var names = fleet.States.Select(module => module.Name).ToList();
        var connected = hub.GetStatus().ConnectedModules;
        // One that the user stopped here may run in a debugger.
        var there = fleet.States.Where(module => module.Status == ModuleRuntimeStatus.Running || connected.Contains(module.Name));
        await AskAsync(there.Select(module => module.Name).ToList(), told, cancellation);
        await fleet.StopAsync(names);
        return Close(names, told);
    }

    private async Task AskAsync(IEnumerable<string> modules, Dictionary<string, ModuleLedger> told, CancellationToken cancellation)
    {
        foreach (var (module, answer) in await ledgers.AskAllAsync(modules, cancellation))
        {
            if (answer.Ledger is not null) told[module] = answer.Ledger;
        }
    }

    private IReadOnlyList<ModuleState> SourceStates() => [.. fleet.States.Where(module => sources.Sources.Contains(module.Name))];

    /// <summary>What waits for a cloud that is away stays, counted as queued.</summary>
    private Backlog LeftToDo()
    {
        var status = hub.GetStatus();
        return Backlog.OfQueues(status, fleet.States, waitForCloud: false).And(Backlog.OfAbsence(status, fleet.States));
    }

    /// <summary>Waits as long as it gets less, or at most a minute.</summary>
    private async Task WaitAsync(Func<Backlog> left, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        var changedAt = start;
        Backlog? before = null;
        while (true)
        {
            var backlog = left();
            if (backlog.IsEmpty) return;
            if (before is null) terminal.Line($"Waiting for {string.Join("; ", backlog.Reasons)}. Ctrl+C ends at once.");
            if (before is null || backlog.Messages < before.Messages || backlog.Reasons.Count < before.Reasons.Count)
                (before, changedAt) = (backlog, clock.GetTimestamp());
            if (clock.GetElapsedTime(start) >= LongestDrain || clock.GetElapsedTime(changedAt) >= ackTimeout + Slack)
            {
                terminal.Warning($"Waited long enough; still there: {string.Join("; ", backlog.Reasons)}.");
                return;
            }

            await Task.Delay(Tick, clock, cancellation);
        }
    }

    /// <summary>A module goes on counting until it has ended, and reports its ledger last: the later of the two that it told is right.</summary>
    private FinalBooks Close(IReadOnlyList<string> modules, Dictionary<string, ModuleLedger> told)
    {
        var final = new Dictionary<string, ModuleLedger>();
        var notes = new List<string>();
        foreach (var module in modules)
        {
            var asked = told.GetValueOrDefault(module);
            var reported = ledgers.Reported(module);
            if (asked is null && reported is not null) notes.Add($"{module} could not be asked for its ledger; the one it reported last is used.");
            if (asked is null && reported is null) notes.Add($"{module} has told no ledger.");
            if ((asked, reported) is (not null, not null)) final[module] = ModuleLedger.Later(reported, asked);
            else if ((asked ?? reported) is { } only) final[module] = only;
        }

        return new FinalBooks(final, hub.GetStatus(), notes);
    }
}

/// <param name="Notes">Where a ledger is not first-hand.</param>
public sealed record FinalBooks(IReadOnlyDictionary<string, ModuleLedger> Ledgers, HubStatus Hub, IReadOnlyList<string> Notes);
