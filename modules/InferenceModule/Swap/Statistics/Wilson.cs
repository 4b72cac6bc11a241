namespace EdgeModules.Inference.Swap.Statistics;

/// <summary>Wilson's score interval for a share.</summary>
public static class Wilson
{
    /// <summary>The normal quantile of the two-sided 95 % interval.</summary>
    public const double DefaultZ = 1.959963984540054;

    /// <returns>The lower bound of the share of successes; 0 without trials.</returns>
    public static double LowerBound(long successes, long trials, double z = DefaultZ)
    {
        if (trials == 0) return 0;
        var share = (double)successes / trials;
        var square = z * z / trials;
        var margin = z * Math.Sqrt((share * (1 - share) + square / 4) / trials);
        return Math.Max(0, (share + square / 2 - margin) / (1 + square));
    }
}
