using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Running;

/// <summary>Has the module that packs send what waits for its batch to be full: at the end of a run nothing more comes.</summary>
public sealed class UplinkFlush(IEdgeHub hub, LedgerReader ledgers, TimeProvider clock)
{
    private const string Method = "flush";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <returns>False where there is no such module, or it does not answer.</returns>
    public async Task<bool> AskAsync(CancellationToken cancellation)
    {
        if (!hub.GetStatus().ConnectedModules.Contains(TwinOverrides.Uplink)) return false;
        try
        {
            await hub.InvokeMethodAsync(TwinOverrides.Uplink, Method, null, Patience, cancellation);
            return true;
        }
        catch (SimulatorException)
        {
            // It went away in the meantime: what it holds is counted as held.
            return false;
        }
    }

    /// <summary>Until it has sent all, as long as it sends anything; while the cloud is away it holds what it has.</summary>
    /// <returns>Whether it was asked.</returns>
    public async Task<bool> SendAllAsync(CancellationToken cancellation)
    {
        if (!hub.UpstreamOnline || !await AskAsync(cancellation)) return false;
        var (left, since) = (long.MaxValue, clock.GetTimestamp());
        while (clock.GetElapsedTime(since) < Patience && await ledgers.AskAsync(TwinOverrides.Uplink, cancellation) is { Ledger: { } ledger })
        {
            var now = ledger.Held + ledger.Unsent;
            if (now == 0) break;
            if (now < left) (left, since) = (now, clock.GetTimestamp());
            await Task.Delay(Tick, clock, cancellation);
        }

        return true;
    }
}
