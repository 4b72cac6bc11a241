namespace EdgeModules.Models;

/// <summary>
/// The normalisation <c>ewma</c>: exponentially weighted mean and variance per device and feature. A reading is normalised by the baseline of the readings
/// before it, when it arrives, and stays so in every window that holds it. The state of a device is a span, so that ten thousand of them are one array.
/// </summary>
/// <remarks>The first readings of a device weigh alike (a plain mean), until that weight falls to the one of the half-life.</remarks>
public sealed class EwmaBaseline
{
    /// <summary>Normalised values are kept within this: a stuck sensor that jumps must not leave the range of float arithmetic.</summary>
    public const double Bound = 1e4;

    private const double SmallestDeviation = 1e-6;
    private readonly int _features;
    private readonly double _weight;
    private readonly int _freezeReadings;
    private readonly double[] _leastDeviations;

    public EwmaBaseline(Normalisation normalisation, int features)
    {
        _features = features;
        _weight = 1 - Math.Pow(2, -1 / (normalisation.HalfLifeReadings ?? Normalisation.DefaultHalfLifeReadings));
        _freezeReadings = normalisation.FreezeReadings ?? Normalisation.DefaultFreezeReadings;
        _leastDeviations = normalisation.Deviations?.ToArray() ?? [.. Enumerable.Repeat(SmallestDeviation, features)];
    }

    /// <summary>
    /// Length of a device's state: readings learnt, readings frozen, then mean and variance of each feature; all zero before the first reading.
    /// </summary>
    public int StateLength => 2 + 2 * _features;

    /// <summary>Normalises one reading, then learns it, unless the device is over the limit and has not been for too long.</summary>
    /// <param name="raw">One value for each feature, all finite.</param>
    /// <param name="overLimit">Whether the device's last score was over the limit.</param>
    public void Apply(Span<double> state, ReadOnlySpan<float> raw, Span<float> normalised, bool overLimit)
    {
        var learnt = state[0];
        for (var feature = 0; feature < _features; feature++)
        {
            var deviation = Math.Max(Math.Sqrt(state[3 + 2 * feature]), _leastDeviations[feature]);
            var distance = learnt == 0 ? 0 : (raw[feature] - state[2 + 2 * feature]) / deviation;
            normalised[feature] = (float)Math.Clamp(distance, -Bound, Bound);
        }

        state[1] = overLimit ? Math.Min(state[1] + 1, _freezeReadings + 1.0) : 0;
        if (overLimit && state[1] <= _freezeReadings) return;
        Learn(state, raw, Math.Max(_weight, 1 / (learnt + 1)));
        state[0] = learnt + 1;
    }

    private void Learn(Span<double> state, ReadOnlySpan<float> raw, double weight)
    {
        for (var feature = 0; feature < _features; feature++)
        {
            ref var mean = ref state[2 + 2 * feature];
            ref var variance = ref state[3 + 2 * feature];
            var difference = raw[feature] - mean;
            mean += weight * difference;
            variance = (1 - weight) * (variance + weight * difference * difference);
        }
    }
}
