using System.Collections.Concurrent;
using EdgeSimulator.Bench;
using EdgeSimulator.Control;
using EdgeSimulator.Hub;

namespace EdgeSimulator.Soak;

/// <summary>
/// Sends AlertModule a reading over the critical threshold every so often, each of a new device, and knows the alarm's id before AlertModule does.
/// </summary>
internal sealed class CriticalProbe(ControlClient client, TimeProvider clock)
{
    private const string Module = "AlertModule";
    private const string Input = "readings";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<string> _stored = new();
    private int _unanswered;

    /// <summary>Ids of the alarms whose readings the hub has said to have stored.</summary>
    public IReadOnlyCollection<string> Stored => _stored;

    /// <summary>The hub was away and may have stored them or not.</summary>
    public int Unanswered => _unanswered;

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var number = 1; !cancellation.IsCancellationRequested; number++)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var device = $"soak-{number:00000}";
            var body = ReadingArrays.Make(1, _ => (device, number), now, hasSpike: true);
            try
            {
                await client.SendAsync(Module, Input, new InjectedMessage(body, 1, []), cancellation);
                _stored.Enqueue($"{ReadingArrays.SpikeRule}/{device}/{now}");
            }
            catch (SimulatorException)
            {
                _unanswered++;
            }
            catch (OperationCanceledException)
            {
                _unanswered++;
            }

            await Task.Delay(Every, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
