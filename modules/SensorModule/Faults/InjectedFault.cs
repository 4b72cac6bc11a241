namespace EdgeModules.Sensing.Faults;

internal enum FaultKind
{
    Spike,
    Nan,
    Duplicate,
    OutOfOrder,
    Stuck,
    Drift,
    DropOut,
    ClockSkew,
}

/// <summary>What one reading has of one fault; the truth that tests score by.</summary>
/// <param name="Metric">Null when all of the reading is meant.</param>
/// <param name="From">Timestamp, as it was sent, of the first reading that has this fault; Unix milliseconds.</param>
/// <param name="To">That of this reading. Of a drop-out both are what would have been sent.</param>
/// <param name="Reading">Number of the reading among those of its device, from 0; a replay counts each round anew.</param>
/// <param name="Amount">
/// Spike and drift: what was added, in the metric's unit. Clock skew: what was added to the timestamp, in milliseconds. Out of order: how many readings of
/// the device later it was sent. Otherwise null.
/// </param>
internal sealed record InjectedFault(FaultKind Kind, string DeviceId, string? Metric, long From, long To, long Reading, double? Amount = null)
{
    private static readonly string[] Names = [.. Enum.GetNames<FaultKind>().Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>As the truth and the ledger have it: the setting's name without "Rate".</summary>
    public string Name => Names[(int)Kind];
}
