using EdgeModules.Hosting;

namespace EdgeModules.Aggregation;

/// <summary>What happened in one call.</summary>
public record struct AggregatorTally
{
    /// <summary>Readings taken into a window, also those of <see cref="Revised"/>.</summary>
    public long Folded { get; set; }

    /// <summary>Readings that were told for the first time.</summary>
    public long Summarized { get; set; }

    /// <summary>Readings that were folded into a window that had closed.</summary>
    public long Revised { get; set; }

    public long Late { get; set; }

    public long Duplicate { get; set; }

    /// <summary>Readings dropped because they were too far ahead, and those after them did not confirm them, or too late.</summary>
    public long Future { get; set; }

    /// <summary>Devices that began anew after their clock had been set back, or went on after it had leapt ahead.</summary>
    public long ClockResets { get; set; }

    public long EvictedDevices { get; set; }

    public long PartialWindows { get; set; }

    /// <summary>Readings that are in the window of their device and came too late for that of its zone.</summary>
    public long ZoneLate { get; set; }

    public long ZoneWindows { get; set; }

    public readonly void AddTo(Ledger ledger)
    {
        ledger.Count("folded", Folded);
        ledger.Count("summarized", Summarized);
        ledger.Count("revised", Revised);
        ledger.Count("late", Late);
        ledger.Count("duplicate", Duplicate);
        ledger.Count(Ledger.Dropped, "future", Future);
        ledger.Count("clockResets", ClockResets);
        ledger.Count("evictedDevices", EvictedDevices);
        ledger.Count("partialWindows", PartialWindows);
        ledger.Count("zoneLate", ZoneLate);
        ledger.Count("zoneWindows", ZoneWindows);
    }
}
