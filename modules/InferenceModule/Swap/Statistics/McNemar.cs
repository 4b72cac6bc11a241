using MathNet.Numerics.Distributions;

namespace EdgeModules.Inference.Swap.Statistics;

/// <summary>McNemar's test: whether two models that judged the same windows alarm at the same rate.</summary>
public static class McNemar
{
    /// <summary>Up to here the binomial distribution is summed; above it the chi-square of the corrected statistic is as good.</summary>
    public const long ExactUpTo = 1000;

    /// <param name="onlyFirst">Windows over the limit for the first model only.</param>
    /// <param name="onlySecond">Windows over the limit for the second model only.</param>
    /// <returns>The two-sided p value; 1 when the models never differ.</returns>
    public static double PValue(long onlyFirst, long onlySecond)
    {
        var differing = onlyFirst + onlySecond;
        if (differing == 0) return 1;
        if (differing <= ExactUpTo) return Math.Min(1, 2 * Binomial.CDF(0.5, (int)differing, Math.Min(onlyFirst, onlySecond)));
        var excess = Math.Max(0, Math.Abs((double)onlyFirst - onlySecond) - 1);
        return 1 - ChiSquared.CDF(1, excess * excess / differing);
    }
}
