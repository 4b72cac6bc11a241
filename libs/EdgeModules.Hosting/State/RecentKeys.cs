namespace EdgeModules.Hosting.State;

/// <summary>The keys of the last messages of each input.</summary>
public sealed class RecentKeys
{
    /// <summary>
    /// Per input. The hub repeats at most the message in hand and a batch behind it, and a sender at most its last message, so this is ample.
    /// </summary>
    public const int Remembered = 64;

    private readonly Dictionary<string, (Queue<MessageKey> Order, HashSet<MessageKey> Keys)> _inputs = [];

    public bool Contains(string input, MessageKey key) => _inputs.TryGetValue(input, out var recent) && recent.Keys.Contains(key);

    public void Add(string input, MessageKey key)
    {
        if (!_inputs.TryGetValue(input, out var recent)) _inputs[input] = recent = (new Queue<MessageKey>(), []);
        if (!recent.Keys.Add(key)) return;
        recent.Order.Enqueue(key);
        if (recent.Order.Count > Remembered) recent.Keys.Remove(recent.Order.Dequeue());
    }

    /// <summary>Oldest first within each input.</summary>
    public IReadOnlyList<(string Input, MessageKey Key)> All() => [.. _inputs.SelectMany(input => input.Value.Order.Select(key => (input.Key, key)))];
}
