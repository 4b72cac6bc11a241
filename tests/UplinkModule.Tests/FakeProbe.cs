using EdgeModules.Hosting.Connectivity;

namespace EdgeModules.Uplink.Tests;

/// <summary>The way to the cloud as the name of the probe's host has it: <c>away</c>, <c>slow</c>, or well.</summary>
internal sealed class FakeProbe : IUpstreamProbe
{
    public long? Queued { get; set; }

    /// <summary>Goes before what the name says.</summary>
    public string? Trouble { get; set; }

    public int Looks { get; private set; }

    public Task<Evidence> LookAsync(string host, int port, CancellationToken cancellation)
    {
        Looks++;
        return Task.FromResult(new Evidence("probe")
        {
            Trouble = Trouble ?? (host == "away" ? "Nobody answers." : null),
            LatencyMs = host == "slow" ? 5000 : 20,
            Queued = Queued,
        });
    }
}
