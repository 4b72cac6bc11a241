using System.Collections.Frozen;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting;

/// <summary>
/// What the author of a module writes: glue between the pump and the pure logic. All members are called from one loop, one at a time, so neither
/// needs a lock. A call's outputs, state change and ledger change become durable together, before anything is sent.
/// </summary>
public abstract class EdgeModule<TSettings>
    where TSettings : class, ISettings<TSettings>
{
    /// <summary>The IoT Plug and Play model of this module, a DTMI such as <c>dtmi:edgemodules:FilterModule;1</c>, announced at each connect; null for none.</summary>
    public virtual string? ModelId => null;

    /// <summary>The name of the input that carries readings; null for a module that takes none.</summary>
    public virtual string? ReadingsInput => null;

    /// <summary>Names that the settings give to metrics: a reading that has such a property with another type than a number is invalid. Must be cheap.</summary>
    public virtual FrozenSet<string> NamedMetrics(TSettings settings) => FrozenSet<string>.Empty;

    /// <summary>Whether what cannot be read is sent to the output <c>invalid</c>; it is counted in any case.</summary>
    public virtual bool EmitsInvalid(TSettings settings) => false;

    /// <summary>Called once per message on <see cref="ReadingsInput"/>; readings that cannot be used have been taken out and counted.</summary>
    /// <param name="readings">In body order; valid during the call.</param>
    public virtual ModuleResult OnReadings(ReadingBatch readings, ModuleContext<TSettings> context) => ModuleResult.None;

    /// <summary>Inputs beside <see cref="ReadingsInput"/> whose messages hold items that are no readings: scores, commands, alerts.</summary>
    public virtual IReadOnlyCollection<string> ItemInputs => [];

    /// <summary>
    /// Called once per message on one of <see cref="ItemInputs"/>, whose body is a JSON object or an array of them. What could not be read has been taken out
    /// and counted; what the module itself cannot use it gives back as <see cref="ModuleResult.Rejected"/>, and counts all others as outcomes.
    /// </summary>
    /// <param name="items">One or more, in body order.</param>
    public virtual ModuleResult OnItems(string input, IReadOnlyList<JObject> items, ModuleContext<TSettings> context) => ModuleResult.None;

    /// <summary>Inputs whose messages are taken whole: nothing looks into their bodies.</summary>
    public virtual IReadOnlyCollection<string> MessageInputs => [];

    /// <summary>Every output that the module may send to. Together with its inputs it is what a manifest's routes can be held to, so it must not depend on state.</summary>
    public virtual IReadOnlyCollection<string> Outputs => [];

    /// <summary>Those of <see cref="Outputs"/> that no message on an input leads to: what they send comes by time or from around the module, so it closes no circle.</summary>
    public virtual IReadOnlyCollection<string> UnpromptedOutputs => [];

    /// <summary>Called once per message on one of <see cref="MessageInputs"/>.</summary>
    /// <param name="id">Its message id; for one without, an id that follows from its properties and body.</param>
    /// <param name="count">Readings or items in it, as it says itself; 1 when it does not. They are counted as received.</param>
    public virtual ModuleResult OnMessage(InboundMessage message, string id, int count, ModuleContext<TSettings> context) => ModuleResult.None;

    /// <summary>Work that is due by time. Called when <see cref="NextTick"/> has passed.</summary>
    public virtual ModuleResult OnTick(ModuleContext<TSettings> context) => ModuleResult.None;

    /// <summary>When <see cref="OnTick"/> is to be called next; null when nothing waits for time. Asked after every call.</summary>
    public virtual DateTimeOffset? NextTick(ModuleContext<TSettings> context) => null;

    /// <summary>For work of the module's own beside the loop: has <see cref="NextTick"/> asked anew. From any thread.</summary>
    protected void Wake() => Woken?.Invoke();

    internal event Action? Woken;

    /// <summary>New settings are in force from now on. They are saved already; the same call follows a start.</summary>
    public virtual void OnSettings(ModuleContext<TSettings> context)
    {
    }

    /// <summary>Restores what a former call gave as <see cref="ModuleResult.StateChange"/>, or a part of a snapshot; in the order in which they were saved.</summary>
    public virtual void ApplyChange(ReadOnlySpan<byte> change)
    {
    }

    /// <summary>The whole state as changes that <see cref="ApplyChange"/> takes on an empty module; each some 100 KB at most.</summary>
    public virtual IEnumerable<ReadOnlyMemory<byte>> Snapshot() => [];

    /// <summary>Forgets all state (the direct method <c>resetState</c>).</summary>
    public virtual void Reset()
    {
    }

    /// <summary>After a crash: makes the <see cref="OutboundMessage.Recreatable"/> messages of the last saved call again, byte for byte.</summary>
    public virtual IReadOnlyList<OutboundMessage> RecreateOutputs(ModuleContext<TSettings> context) => [];

    /// <summary>The module's own part of the reported twin, or null; sent whenever it differs from the last one sent, so without fast-moving numbers.</summary>
    public virtual JObject? Report(ModuleContext<TSettings> context) => null;

    /// <summary>Direct methods of the module's own: the only ones that reach <see cref="OnMethod"/>.</summary>
    public virtual IReadOnlyCollection<string> Methods => [];

    /// <summary>One of <see cref="Methods"/>; null for a name it does not know.</summary>
    /// <returns>An <see cref="EffectiveResponse"/> when it changed state or has something to send.</returns>
    public virtual MethodResponse? OnMethod(MethodRequest request, ModuleContext<TSettings> context) => null;

    /// <summary>Readings taken in that time or later messages will release: the gauge <c>held</c> of the ledger.</summary>
    public virtual long Held => 0;

    /// <summary>Further gauges of the ledger as it is told: numbers that go down again, by name.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, long>> Gauges => [];
}

/// <param name="Now">The clock, read once for this call.</param>
/// <param name="Settings">One snapshot for the whole call.</param>
/// <param name="Ledger">Counts become durable with the call's outputs.</param>
public sealed record ModuleContext<TSettings>(DateTimeOffset Now, TSettings Settings, Ledger Ledger);
