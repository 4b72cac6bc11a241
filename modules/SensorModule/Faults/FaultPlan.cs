namespace EdgeModules.Sensing.Faults;

/// <summary>
/// Which readings are disturbed, and how: decided by hash for each block of <see cref="BlockReadings"/> readings of a device, or each reading, so the answer
/// for any reading needs no other.
/// </summary>
internal sealed class FaultPlan(FaultSettings rates)
{
    public const int BlockReadings = 60;

    /// <summary>The part of a slot in which a duplicate leaves; see <see cref="SentAt"/>.</summary>
    public const int CopyPart = 1;

    /// <summary>A reading out of order is sent behind so many later ones of its device at most.</summary>
    public const int MaxDelay = 4;

    // At a device's reading: the reading, its copy, and what was held back until now.
    private const int MaxParts = 2 + MaxDelay;

    private const ulong BlockKinds = 10;
    private const ulong BlockChoices = 11;
    private const ulong SingleKinds = 12;
    private const ulong SingleChoices = 13;

    private readonly bool _hasBlocks = rates.DropOutRate > 0 || rates.StuckRate > 0 || rates.DriftRate > 0 || rates.ClockSkewRate > 0;
    private readonly bool _hasSingles = rates.SpikeRate > 0 || rates.NanRate > 0 || rates.DuplicateRate > 0 || rates.OutOfOrderRate > 0;

    /// <summary>How many readings may leave at a device's reading, and so how many positions of the source it takes.</summary>
    public int Parts { get; } = rates.DuplicateRate > 0 || rates.OutOfOrderRate > 0 ? MaxParts : 1;

    /// <param name="device">The key of the device.</param>
    public FaultKind? OfBlock(ulong device, long block)
    {
        if (!_hasBlocks) return null;
        var chance = CounterHash.Unit(CounterHash.Of(device, BlockKinds, block));
        if ((chance -= rates.DropOutRate) < 0) return FaultKind.DropOut;
        if ((chance -= rates.StuckRate) < 0) return FaultKind.Stuck;
        if ((chance -= rates.DriftRate) < 0) return FaultKind.Drift;
        return chance - rates.ClockSkewRate < 0 ? FaultKind.ClockSkew : null;
    }

    /// <param name="reading">Number of the reading among those of its device, from 0.</param>
    public FaultKind? OfReading(ulong device, long reading)
    {
        if (!_hasSingles) return null;
        var chance = CounterHash.Unit(CounterHash.Of(device, SingleKinds, reading));
        if ((chance -= rates.SpikeRate) < 0) return FaultKind.Spike;
        if ((chance -= rates.NanRate) < 0) return FaultKind.Nan;
        if ((chance -= rates.DuplicateRate) < 0) return FaultKind.Duplicate;
        return chance - rates.OutOfOrderRate < 0 ? FaultKind.OutOfOrder : null;
    }

    /// <param name="readings">How many readings the device has in all: none is held back beyond the last.</param>
    /// <returns>How many later readings of its device a reading is sent behind; 0 when it is sent in its place.</returns>
    public int DelayOf(ulong device, long reading, long readings)
    {
        if (OfReading(device, reading) != FaultKind.OutOfOrder) return 0;
        var delay = 1 + (int)(CounterHash.Of(device, SingleChoices, reading) % MaxDelay);
        // A device that is silent then cannot send it.
        return reading + delay < readings && !IsSilent(device, reading) && !IsSilent(device, reading + delay) ? delay : 0;
    }

    /// <summary>
    /// What a device sends at its reading: part 0 is that reading, part 1 its copy, and then come those that were held back, the oldest first.
    /// </summary>
    /// <returns>The number of the reading to send; null when that part is empty.</returns>
    public long? SentAt(ulong device, long reading, int part, long readings)
    {
        if (Parts == 1) return reading;
        switch (part)
        {
            case 0:
                return DelayOf(device, reading, readings) == 0 ? reading : null;
            case CopyPart:
                return OfReading(device, reading) == FaultKind.Duplicate ? reading : null;
            default:
                var held = reading - DelayOfPart(part);
                return held >= 0 && DelayOf(device, held, readings) == DelayOfPart(part) ? held : null;
        }
    }

    /// <summary>The part in which a reading with that delay is sent.</summary>
    public static int PartOfDelay(int delay) => MaxParts - delay;

    /// <returns>Milliseconds to add to the timestamps of a block with a clock skew.</returns>
    public long SkewOf(ulong device, long block)
    {
        var choice = CounterHash.Of(device, BlockChoices, block);
        return Sign(choice) * (long)(rates.ClockSkewSeconds * 500 * (1 + CounterHash.Unit(choice)));
    }

    /// <returns>Which of <paramref name="metrics"/> metrics drifts in a block.</returns>
    public static int DriftingMetric(ulong device, long block, int metrics) => (int)(CounterHash.Of(device, BlockChoices, block) % (ulong)metrics);

    /// <returns>What is added to it: <paramref name="size"/> at the end of the block, up or down.</returns>
    public static double DriftOf(ulong device, long reading, double size) =>
        (reading % BlockReadings + 1) / (double)BlockReadings * size * Sign(CounterHash.Of(device, BlockChoices, reading / BlockReadings));

    /// <returns>Which of <paramref name="metrics"/> metrics spikes, or is NaN.</returns>
    public static int HitMetric(ulong device, long reading, int metrics) => (int)(CounterHash.Of(device, SingleChoices, reading) % (ulong)metrics);

    /// <returns>What a spike adds: once to twice <paramref name="size"/>, up or down.</returns>
    public static double SpikeOf(ulong device, long reading, double size)
    {
        var choice = CounterHash.Of(device, SingleChoices, reading);
        return size * (1 + CounterHash.Unit(choice)) * Sign(choice);
    }

    private static int DelayOfPart(int part) => MaxParts - part;

    private bool IsSilent(ulong device, long reading) => OfBlock(device, reading / BlockReadings) == FaultKind.DropOut;

    // Not a bit of the choice itself, which has chosen metric and size.
    private static int Sign(ulong choice) => (CounterHash.Mix(choice) & 1) == 0 ? 1 : -1;
}
