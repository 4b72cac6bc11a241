namespace EdgeSimulator.Bench;

/// <param name="Rate">Readings a second among which the spikes are.</param>
/// <param name="Array">Readings in a message.</param>
/// <param name="Duration">Of what is measured; the warm-up comes before it.</param>
/// <param name="Devices">More devices that send a reading a second each, as the SensorModule sends them; 0 for none.</param>
/// <param name="Report">File for the figures as JSON; null for none.</param>
internal sealed record LatencyBenchOptions(int Rate, int Array, TimeSpan Duration, int Devices, string? Report)
{
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A spike whose command has not come so long after it reached the hub is missing.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);
}
