namespace EdgeModules.Sensing.Synthetic;

internal enum BlockFault
{
    None,
    DropOut,
    Stuck,
    Drift,
}

/// <summary>Which readings are disturbed, and how: decided by hash for each device and block of <see cref="BlockTicks"/> readings, or each reading.</summary>
internal sealed class Faults(FaultSettings rates)
{
    public const int BlockTicks = 60;

    private readonly bool _hasBlocks = rates.DropOutRate > 0 || rates.StuckRate > 0 || rates.DriftRate > 0;
    private readonly bool _hasSingles = rates.SpikeRate > 0 || rates.NanRate > 0;

    public BlockFault OfBlock(ulong device, long block)
    {
        if (!_hasBlocks) return BlockFault.None;
        var chance = CounterHash.Unit(CounterHash.Of(device, 10, block));
        if (chance < rates.DropOutRate) return BlockFault.DropOut;
        if (chance < rates.DropOutRate + rates.StuckRate) return BlockFault.Stuck;
        return chance < rates.DropOutRate + rates.StuckRate + rates.DriftRate ? BlockFault.Drift : BlockFault.None;
    }

    /// <summary>One metric leaves its course, up or down, by the whole <see cref="Signal.Fault"/> at the end of the block.</summary>
    public static void Drift(ulong device, long tick, Span<double> values)
    {
        var choice = CounterHash.Of(device, 11, tick / BlockTicks);
        var metric = (int)(choice & 3);
        var part = (tick % BlockTicks + 1) / (double)BlockTicks;
        values[metric] += part * Signals.All[metric].Fault * Sign(choice);
    }

    /// <summary>Spikes and NaN.</summary>
    public void Disturb(ulong device, long tick, Span<double> values)
    {
        if (!_hasSingles) return;
        var chance = CounterHash.Unit(CounterHash.Of(device, 12, tick));
        if (chance >= rates.SpikeRate + rates.NanRate) return;
        var choice = CounterHash.Of(device, 13, tick);
        var metric = (int)(choice & 3);
        if (chance < rates.SpikeRate) values[metric] += Signals.All[metric].Fault * (1 + CounterHash.Unit(choice)) * Sign(choice);
        else values[metric] = double.NaN;
    }

    private static int Sign(ulong choice) => (choice & 4) == 0 ? 1 : -1;
}
