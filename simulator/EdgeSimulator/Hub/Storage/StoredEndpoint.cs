using System.Threading.Channels;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Hub.Storage;

/// <summary>An endpoint with its queues, one per priority, and its sums. All but <see cref="WaitAsync"/> needs the store's lock.</summary>
internal sealed class StoredEndpoint(RouteEndpoint endpoint)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SortedList<int, EndpointQueue> _queues = [];

    public RouteEndpoint Endpoint => endpoint;

    public EndpointBook Book { get; set; } = EndpointBook.Empty;

    /// <summary>The best priority first.</summary>
    public IEnumerable<EndpointQueue> Queues => _queues.Values;

    public void Add(EndpointQueue queue) => _queues.Add(queue.Priority, queue);

    public EndpointQueue? QueueOf(int priority) => _queues.GetValueOrDefault(priority);

    /// <summary>A message is in one queue of an endpoint at most.</summary>
    public EndpointQueue QueueWith(QueuedMessage queued) => _queues.Values.First(queue => queued.Entry.Queues.Contains(queue.Number));

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Ends after the next <see cref="Wake"/>, or at once when one came since the last wait; one reader only.</summary>
    public async Task WaitAsync(CancellationToken cancellation) => await _wake.Reader.ReadAsync(cancellation).ConfigureAwait(false);
}
