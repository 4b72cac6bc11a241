using EdgeSimulator.Agent;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Running;

/// <summary>Watches a run until it is over: cuts off the cloud as planned, tells how far it is, finds the end.</summary>
/// <param name="story">That is played on this run, which ends with it; null for none. What it says is not interrupted by how far the run is.</param>
public sealed class RunLoop(
    IEdgeHub hub, IModuleFleet fleet, SourceWatch sources, LedgerReader ledgers, RunOptions options, Terminal terminal, TimeProvider clock, Task? story = null)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly ProgressText _progress = new(hub.GetStatus());
    private readonly OutagePlan _outages = new(hub, options.Offline, options.Flap, terminal);
    private readonly UplinkFlush _flush = new(hub, ledgers, clock);
    private readonly long _startedAt = clock.GetTimestamp();
    private TimeSpan _toldAt;

    public TimeSpan Elapsed => clock.GetElapsedTime(_startedAt);

    public async Task<RunEnd> RunAsync(CancellationToken interrupt)
    {
        try
        {
            while (true)
            {
                _outages.Apply(Elapsed);
                if (await FindEndAsync(interrupt) is { } end) return end;
                await Task.Delay(Tick, clock, interrupt);
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return new RunEnd(RunEndReason.Interrupted, "Interrupted.");
        }
    }

    private async Task<RunEnd?> FindEndAsync(CancellationToken interrupt)
    {
        var modules = fleet.States;
        sources.Look(modules.Select(module => module.Name));
        if (sources.Failure is { } failure) return new RunEnd(RunEndReason.SourceFailed, failure);
        if (story is { IsCompleted: true }) return new RunEnd(RunEndReason.StoryOver, "The story is over.");
        if (options.Duration is { } duration && duration <= Elapsed)
            return new RunEnd(RunEndReason.DurationOver, $"The duration of {duration.TotalSeconds:0.###} s is over.");
        if (modules.Count > 0 && modules.All(module => module.GoneForGood)) return new RunEnd(RunEndReason.ModulesGone, "No module runs any more.");
        if (!sources.AllEnded(modules))
        {
            Tell([]);
            return null;
        }

        var left = await FindRestAsync(modules, interrupt);
        if (left.Count == 0) return new RunEnd(RunEndReason.DataEnded, "The data has ended, and nothing is left on the way.");
        Tell(left);
        return null;
    }

    /// <returns>What is still to come after the end of the data; empty when nothing is.</returns>
    private async Task<IReadOnlyList<string>> FindRestAsync(IReadOnlyList<ModuleState> modules, CancellationToken cancellation)
    {
        var before = hub.GetStatus();
        var queues = Backlog.OfQueues(before, modules, waitForCloud: true).And(Backlog.OfStopped(before, modules));
        if (!queues.IsEmpty) return queues.Reasons;
        var there = modules.Where(module => !module.GoneForGood || before.ConnectedModules.Contains(module.Name));
        var answers = await ledgers.AskAllAsync(there.Select(module => module.Name), cancellation);
        var held = Backlog.OfModules(answers);
        // The others may still send it something.
        var holding = answers.Where(module => module.Value.Ledger is { Held: > 0 } or { Unsent: > 0 }).Select(module => module.Key);
        if (holding.SequenceEqual([TwinOverrides.Uplink])) await _flush.AskAsync(cancellation);
        if (!held.IsEmpty) return held.Reasons;

        // A message may have moved on between the two looks.
        var after = hub.GetStatus();
        queues = Backlog.OfQueues(after, modules, waitForCloud: true);
        return queues.IsEmpty && Traffic(before) != Traffic(after) ? ["the last messages"] : queues.Reasons;
    }

    private static long Traffic(HubStatus hub) =>
        hub.Outputs.Sum(output => output.Messages + output.RepeatedMessages) + hub.Endpoints.Sum(endpoint => endpoint.AcknowledgedMessages);

    private void Tell(IReadOnlyList<string> waitingFor)
    {
        if (story is not null || Elapsed - _toldAt < TellEvery) return;
        _toldAt = Elapsed;
        terminal.Progress(_progress.Next(Elapsed, hub.GetStatus(), sources.EverAmong(fleet.States.Select(module => module.Name))));
        if (waitingFor.Count > 0) terminal.Progress($"The data has ended. Waiting for {string.Join("; ", waitingFor)}.");
    }
}
