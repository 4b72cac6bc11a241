namespace EdgeModules.Hosting.Connection;

/// <summary>Waits between attempts to connect: 0.1 s doubling to 10 s, each ±20 % so that modules do not come back in step.</summary>
/// <param name="jitter">Gives numbers from 0 up to 1.</param>
public sealed class ReconnectBackoff(Func<double> jitter)
{
    private const double FirstSeconds = 0.1;
    private const double LastSeconds = 10;

    private int _failures;

    public TimeSpan Next()
    {
        var seconds = Math.Min(FirstSeconds * Math.Pow(2, Math.Min(_failures++, 10)), LastSeconds);
        return TimeSpan.FromSeconds(seconds * (0.8 + 0.4 * jitter()));
    }

    public void Reset() => _failures = 0;
}
