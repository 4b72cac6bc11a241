using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting;

/// <param name="Outputs">In sending order.</param>
/// <param name="StateChange">What <see cref="EdgeModule{TSettings}.ApplyChange"/> needs to repeat this call's effect on the state; empty when there is none.</param>
public sealed record ModuleResult(IReadOnlyList<OutboundMessage> Outputs, ReadOnlyMemory<byte> StateChange = default)
{
    public static ModuleResult None { get; } = new([]);

    /// <summary>
    /// Sent first, before anything is saved: for what must not wait for the disk, such as an alarm's command. Also kept in the outbox until sent. A crash before
    /// the saving lets the message that caused it come again and be evaluated again: the same state and input must then give the same message id, so that the
    /// receiver knows the repeat.
    /// </summary>
    public IReadOnlyList<OutboundMessage> Urgent { get; init; } = [];

    /// <summary>
    /// Calls of other modules' direct methods. They run beside the pump once the call's effect is saved, those to one module in order; they are not saved
    /// themselves, so a crash loses those that wait. <c>actions{done|failed|refused}</c> counts what became of them.
    /// </summary>
    public IReadOnlyList<MethodAction> Actions { get; init; } = [];

    /// <summary>Of <see cref="EdgeModule{TSettings}.OnItems"/>: items that it could not use. Counted as <c>invalid</c> and, if the settings say so, sent there.</summary>
    public IReadOnlyList<RejectedItem> Rejected { get; init; } = [];
}

/// <param name="Id">For the log: what the call is about.</param>
/// <param name="Module">Of the same device.</param>
/// <param name="Payload">Must not be changed afterwards; null for none.</param>
public sealed record MethodAction(string Id, string Module, string Method, JToken? Payload);

/// <summary>The answer to a direct method that changes state or sends.</summary>
/// <param name="Effect">Saved and sent, as that of a tick, before the answer goes.</param>
public sealed record EffectiveResponse(int Status, JToken? Payload, ModuleResult Effect) : MethodResponse(Status, Payload);

/// <param name="Index">Of the item in the list that the module was given.</param>
/// <param name="Reason">One of <see cref="InvalidReasons"/>.</param>
/// <param name="Property">The item's property that is wrong; empty for the item itself.</param>
/// <param name="Error">A sentence: what was found there and what it must be.</param>
public sealed record RejectedItem(int Index, string Reason, string Property, string Error)
{
    internal InvalidReading Of(ItemBatch batch)
    {
        var place = batch.Places[Index];
        return new InvalidReading(place.Offset, place.Length, Reason, Property.Length == 0 ? place.Path : $"{place.Path}.{Property}", Error);
    }
}
