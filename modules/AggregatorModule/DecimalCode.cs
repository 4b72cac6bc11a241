using EdgeModules.Hosting.State;

namespace EdgeModules.Aggregation;

/// <summary>
/// A metric's values on the disk. Sensors send few decimals, and values near the last one: 20.37 is the whole number 2037 and two decimals, and most often only
/// its difference to the one before is written, in a byte or two. What is no such number is written in full, so every value comes back bit for bit.
/// </summary>
internal struct DecimalCode
{
    private const byte None = 0xFF;
    private const int Raw = 31;
    private const int MaxDecimals = 15;
    private const double MaxWhole = 1L << 53;

    private static readonly double[] Powers = [.. Enumerable.Range(0, MaxDecimals + 1).Select(power => Math.Pow(10, power))];

    private long _whole;

    // Kept as one more than the number of decimals, so that a new code has none.
    private byte _decimalsAndOne;

    private byte Decimals
    {
        readonly get => (byte)(_decimalsAndOne - 1);
        set => _decimalsAndOne = (byte)(value + 1);
    }

    public void Write(double value, CompactWriter writer)
    {
        var decimals = Decimals;
        if (decimals != None && TryCode(value, decimals, out var whole))
        {
            writer.Write(Zigzag(whole - _whole) << 1);
            _whole = whole;
            return;
        }

        for (decimals = 0; decimals <= MaxDecimals; decimals++)
        {
            if (!TryCode(value, decimals, out whole)) continue;
            writer.Write((Zigzag(whole) << 6) | (uint)(decimals << 1) | 1);
            (_whole, Decimals) = (whole, decimals);
            return;
        }

        writer.Write((Raw << 1) | 1);
        writer.Write(value);
        Decimals = None;
    }

    public double Read(ref CompactReader reader)
    {
        var code = reader.Read();
        if ((code & 1) == 0)
        {
            if (Decimals == None) throw new InvalidDataException("The saved windows have a difference to no value.");
            _whole += Unzigzag(code >> 1);
            return _whole / Powers[Decimals];
        }

        var decimals = (int)(code >> 1) & 31;
        if (decimals == Raw)
        {
            Decimals = None;
            return reader.ReadDouble();
        }

        if (decimals > MaxDecimals) throw new InvalidDataException($"The saved windows have a number of {decimals} decimals.");
        (_whole, Decimals) = (Unzigzag((long)((ulong)code >> 6)), (byte)decimals);
        return _whole / Powers[decimals];
    }

    /// <summary>What the next value is written against.</summary>
    public readonly void WriteReference(CompactWriter writer)
    {
        writer.Write((long)_decimalsAndOne);
        writer.WriteSigned(_whole);
    }

    public void ReadReference(ref CompactReader reader)
    {
        _decimalsAndOne = (byte)reader.ReadCount(MaxDecimals + 1);
        _whole = reader.ReadSigned();
    }

    private static bool TryCode(double value, int decimals, out long whole)
    {
        var scaled = Math.Round(value * Powers[decimals]);
        if (!(Math.Abs(scaled) < MaxWhole))
        {
            whole = 0;
            return false;
        }

        whole = (long)scaled;
        // Minus zero must not come back as zero.
        return BitConverter.DoubleToInt64Bits(whole / Powers[decimals]) == BitConverter.DoubleToInt64Bits(value);
    }

    private static long Zigzag(long number) => (number << 1) ^ (number >> 63);

    private static long Unzigzag(long number) => (long)((ulong)number >> 1) ^ -(number & 1);
}
