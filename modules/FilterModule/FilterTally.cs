using EdgeModules.Hosting;

namespace EdgeModules.Filtering;

/// <summary>What became of the readings of one message.</summary>
public record struct FilterTally
{
    public int Forwarded { get; set; }

    /// <summary>Within the band of the value last forwarded.</summary>
    public int WithinDeadband { get; set; }

    /// <summary>The timestamp of the device's newest reading, again.</summary>
    public int Duplicate { get; set; }

    /// <summary>Older than the device's newest reading.</summary>
    public int Late { get; set; }

    /// <summary>Devices that started anew after their clock had been set back; their readings are among the forwarded.</summary>
    public int ClockResets { get; set; }

    /// <summary>Devices forgotten because there were too many; no readings.</summary>
    public int EvictedDevices { get; set; }

    public readonly void AddTo(Ledger ledger)
    {
        ledger.Count(Ledger.Forwarded, Forwarded);
        ledger.Count(Ledger.Suppressed, "deadband", WithinDeadband);
        ledger.Count(Ledger.Suppressed, "duplicate", Duplicate);
        ledger.Count(Ledger.Suppressed, "late", Late);
        ledger.Count("clockResets", ClockResets);
        ledger.Count("evictedDevices", EvictedDevices);
    }
}
