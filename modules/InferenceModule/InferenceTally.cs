using EdgeModules.Hosting;
using EdgeModules.Inference.Windows;

namespace EdgeModules.Inference;

/// <summary>What became of the readings of one message: each is in exactly one of these.</summary>
internal record struct InferenceTally
{
    /// <summary>The newest of a window that was scored.</summary>
    public int Scored { get; set; }

    /// <summary>In a full ring, between two windows by the stride.</summary>
    public int Between { get; set; }

    /// <summary>In a ring that is not full.</summary>
    public int Warming { get; set; }

    public int Duplicate { get; set; }

    public int Late { get; set; }

    /// <summary>Not in the ring for want of a value.</summary>
    public int Missing { get; set; }

    /// <summary>The newest of a window for which the model failed.</summary>
    public int Failed { get; set; }

    /// <summary>The newest of a window whose score was not finite, or not from 0 to 1.</summary>
    public int BadScores { get; set; }

    public int NoModel { get; set; }

    /// <summary>Windows over the limit; they are among the scored.</summary>
    public int OverLimit { get; set; }

    public readonly void AddTo(Ledger ledger, in RingTally rings)
    {
        ledger.Count("scored", Scored);
        ledger.Count(Ledger.Suppressed, "stride", Between);
        ledger.Count("warming", Warming);
        ledger.Count("duplicate", Duplicate);
        ledger.Count("late", Late);
        ledger.Count(Ledger.Dropped, "missingFeature", Missing);
        ledger.Count(Ledger.Dropped, "modelFailed", Failed);
        ledger.Count(Ledger.Dropped, "badScore", BadScores);
        ledger.Count(Ledger.Dropped, "noModel", NoModel);
        ledger.Count("overLimit", OverLimit);
        ledger.Count("gaps", rings.Gaps);
        ledger.Count("heldValues", rings.HeldReadings);
        ledger.Count("ringsEmptied", "gap", rings.EmptiedByGap);
        ledger.Count("ringsEmptied", "missingFeature", rings.EmptiedByMissing);
        ledger.Count("ringsEmptied", "clockReset", rings.EmptiedByClockReset);
        ledger.Count("evictedDevices", rings.EvictedDevices);
    }
}
