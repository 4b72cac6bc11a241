namespace EdgeModules.Messages;

/// <summary>What IoT Hub charges for: blocks of 4 KB of body and properties, at least one a message.</summary>
public static class MeteredUnit
{
    public const int Bytes = 4096;

    /// <param name="bytes">Of one message.</param>
    public static int CountOf(int bytes) => (int)CountOf((long)bytes);

    /// <inheritdoc cref="CountOf(int)"/>
    public static long CountOf(long bytes) => Math.Max(1, (bytes + Bytes - 1) / Bytes);
}
