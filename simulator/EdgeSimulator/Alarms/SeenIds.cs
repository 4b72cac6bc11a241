namespace EdgeSimulator.Alarms;

/// <summary>The last ids, to know what comes again after a crash. Not thread-safe.</summary>
internal sealed class SeenIds
{
    private const int Kept = 10_000;
    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _order = [];

    /// <returns>False when it is one of the last.</returns>
    public bool Add(string id)
    {
        if (!_ids.Add(id)) return false;
        _order.Enqueue(id);
        if (_order.Count > Kept) _ids.Remove(_order.Dequeue());
        return true;
    }
}
