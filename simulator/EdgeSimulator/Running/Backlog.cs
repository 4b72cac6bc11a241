using EdgeSimulator.Agent;
using EdgeSimulator.Hub;

namespace EdgeSimulator.Running;

/// <summary>What time will still release: messages in queues, readings and outputs that modules hold.</summary>
/// <param name="Messages">Queued for the modules that are there (or will be again) and for the cloud.</param>
/// <param name="Reasons">What is waited for, for the user; empty when nothing is.</param>
public sealed record Backlog(long Messages, IReadOnlyList<string> Reasons)
{
    public bool IsEmpty => Reasons.Count == 0;

    /// <param name="waitForCloud">False: what waits for a cloud that is away is not counted.</param>
    public static Backlog OfQueues(HubStatus hub, IReadOnlyList<ModuleState> modules, bool waitForCloud)
    {
        var waiting = hub.Endpoints
            .Where(endpoint => endpoint.QueuedMessages > 0)
            .Where(endpoint => endpoint.Module is null ? hub.Upstream.Online || waitForCloud : WillTake(endpoint.Module, hub, modules))
            .ToList();
        return new Backlog(waiting.Sum(endpoint => endpoint.QueuedMessages), [.. waiting.Select(endpoint => Describe(endpoint, hub.Upstream.Online))]);
    }

    /// <summary>Of modules that were asked for their ledger.</summary>
    public static Backlog OfModules(IReadOnlyDictionary<string, LedgerAnswer> ledgers) =>
        new(0, [.. ledgers.Select(module => Describe(module.Key, module.Value)).OfType<string>()]);

    /// <summary>Modules that are away and will be back: their books are only known then.</summary>
    public static Backlog OfAbsence(HubStatus hub, IReadOnlyList<ModuleState> modules) =>
        new(0, [.. modules
            .Where(module => !module.GoneForGood && !hub.ConnectedModules.Contains(module.Name))
            .Select(module => $"{module.Name}, which is not connected")]);

    /// <summary>Modules that the user stopped and may start again: what they would do then is not known.</summary>
    public static Backlog OfStopped(HubStatus hub, IReadOnlyList<ModuleState> modules) =>
        new(0, [.. modules
            .Where(module => module.MayReturn && !hub.ConnectedModules.Contains(module.Name))
            .Select(module => $"{module.Name}, which was stopped by hand")]);

    public Backlog And(Backlog other) => new(Messages + other.Messages, [.. Reasons, .. other.Reasons]);

    /// <summary>One that does not run here and is connected all the same runs in a debugger.</summary>
    private static bool WillTake(string module, HubStatus hub, IReadOnlyList<ModuleState> modules) =>
        hub.ConnectedModules.Contains(module) || modules.Any(state => state.Name == module && !state.GoneForGood);

    private static string Describe(EndpointStatus endpoint, bool online)
    {
        var queued = $"{endpoint.QueuedMessages:N0} messages ({endpoint.QueuedReadings:N0} readings) queued for ";
        return queued + (endpoint.Module is not null ? $"{endpoint.Module}/{endpoint.Input}" : online ? "the cloud" : "the cloud, which is offline");
    }

    private static string? Describe(string module, LedgerAnswer answer) => answer switch
    {
        { Answered: false } => $"{module}, which does not answer",
        { Ledger: { Unsent: > 0 } ledger } => $"{module}, which has {ledger.Unsent:N0} readings to send",
        { Ledger: { Held: > 0 } ledger } => $"{module}, which holds {ledger.Held:N0} readings",
        _ => null,
    };
}
