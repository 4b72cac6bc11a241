namespace EdgeSimulator.Hub.Delivery;

/// <summary>edgeHub's wait before it tries an endpoint again.</summary>
internal static class RetryBackoff
{
    private const double FirstSeconds = 1;
    private const double MaxSeconds = 60;
    private const int MaxExponent = 10;

    /// <param name="failures">Attempts that failed since the last success, before this one; 0 and more.</param>
    /// <param name="jitter">0.8 to 1.2.</param>
    public static TimeSpan Delay(int failures, double jitter) =>
        TimeSpan.FromSeconds(Math.Min(MaxSeconds, FirstSeconds + (Math.Pow(2, Math.Min(failures, MaxExponent)) - 1) * jitter));

    /// <summary>Moves the attempts of many endpoints apart; no secret hangs on it.</summary>
#pragma warning disable CA5394
    public static TimeSpan Delay(int failures) => Delay(failures, 0.8 + 0.4 * Random.Shared.NextDouble());
#pragma warning restore CA5394
}
