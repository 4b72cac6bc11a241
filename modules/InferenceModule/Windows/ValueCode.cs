using EdgeModules.Hosting.State;

namespace EdgeModules.Inference.Windows;

/// <summary>
/// A value on the disk as its difference from the one before it. Sensors send few decimals: as whole thousandths most values take one byte or two; what has
/// more decimals takes five. Every value comes back bit by bit.
/// </summary>
internal static class ValueCode
{
    private const double Fraction = 1000;
    private const double MostThousandths = 1L << 40;

    /// <param name="before">What the reader will have before it, too.</param>
    public static void Write(CompactWriter writer, float value, float before)
    {
        if (TryCount(value, out var thousandths))
        {
            TryCount(before, out var reference);
            var difference = thousandths - reference;
            writer.Write(((difference << 1) ^ (difference >> 63)) << 1);
            return;
        }

        writer.Write(1L);
        writer.Write(value);
    }

    public static float Read(ref CompactReader reader, float before)
    {
        var code = reader.Read();
        if (code == 1) return reader.ReadSingle();
        TryCount(before, out var reference);
        var zigzag = (long)((ulong)code >> 1);
        return (float)((reference + ((zigzag >> 1) ^ -(zigzag & 1))) / Fraction);
    }

    /// <returns>False when the value is no whole number of thousandths; then the number is 0.</returns>
    private static bool TryCount(float value, out long thousandths)
    {
        thousandths = 0;
        var scaled = Math.Round(value * Fraction);
        if (!(Math.Abs(scaled) < MostThousandths)) return false;
        // Minus zero must not come back as zero.
        if (scaled == 0 && float.IsNegative(value)) return false;
        if (BitConverter.SingleToInt32Bits((float)(scaled / Fraction)) != BitConverter.SingleToInt32Bits(value)) return false;
        thousandths = (long)scaled;
        return true;
    }
}
