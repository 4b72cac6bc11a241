namespace EdgeSimulator.Bench;

/// <summary>
/// Which reading of an even stream is a spike. The devices take turns; every so many messages the first reading is one. The number of devices has no
/// divisor in common with the readings between two spikes, so that every device has its spike before one has its second: by then the alarm of the first
/// is over, its cooldown too, and each spike gives a command.
/// </summary>
internal sealed class SpikePlan
{
    private const double SpikesPerSecond = 20;

    /// <summary>More than the default cooldown, 30 s.</summary>
    private const double SecondsBetweenSpikesOfADevice = 40;

    /// <param name="rate">Readings a second.</param>
    /// <param name="array">Readings in a message.</param>
    public SpikePlan(int rate, int array)
    {
        var messagesPerSecond = (double)rate / array;
        Array = array;
        Interval = TimeSpan.FromSeconds(1 / messagesPerSecond);
        MessagesPerSpike = Math.Max(2, (int)Math.Round(messagesPerSecond / SpikesPerSecond));
        var inTurn = (int)Math.Ceiling(SecondsBetweenSpikesOfADevice * messagesPerSecond / MessagesPerSpike);
        Devices = Math.Max(Math.Max(rate, array + 1), inTurn);
        while (GreatestCommonDivisor(Devices, MessagesPerSpike * Array) != 1) Devices++;
    }

    public int Array { get; }

    /// <summary>From one message to the next.</summary>
    public TimeSpan Interval { get; }

    public int MessagesPerSpike { get; }

    public int Devices { get; }

    /// <param name="message">From 0.</param>
    public bool HasSpike(long message) => message % MessagesPerSpike == 0;

    /// <param name="place">In the message, from 0; a spike is at 0.</param>
    /// <returns>From 0.</returns>
    public int DeviceAt(long message, int place) => (int)(((message * Array) + place) % Devices);

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
