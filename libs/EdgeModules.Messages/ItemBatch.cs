using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages;

/// <summary>The items of one message that are no readings, in body order.</summary>
/// <param name="Places">Of each item.</param>
/// <param name="Invalid">What could not be used.</param>
public sealed record ItemBatch(IReadOnlyList<JObject> Items, IReadOnlyList<ItemPlace> Places, IReadOnlyList<InvalidReading> Invalid);

/// <summary>Where in the body an item stands.</summary>
/// <param name="Offset">Of its first byte.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Path">JSONPath from the root of the body.</param>
public readonly record struct ItemPlace(int Offset, int Length, string Path);
