namespace EdgeModules.Sensing.Faults;

/// <summary>Random numbers that follow from a counter instead of a former number (the finaliser of SplitMix64), so that any position can be made alone.</summary>
internal static class CounterHash
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    public static ulong Of(ulong key, ulong stream, long counter) => Mix(key + stream * 0xD1B54A32D192ED03 + (ulong)counter * Golden);

    public static ulong Mix(ulong value)
    {
        value += Golden;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <returns>0 to below 1.</returns>
    public static double Unit(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    /// <summary>One hash serves four metrics.</summary>
    /// <param name="lane">0 to 3.</param>
    /// <returns>−1 to 1.</returns>
    public static double Signed(ulong hash, int lane) => (ushort)(hash >> (lane * 16)) * (2.0 / ushort.MaxValue) - 1;
}
