namespace EdgeModules.ModelTrainer.Training;

internal delegate void ResidualFunction(ReadOnlySpan<float> window, Span<double> residuals);

/// <summary>
/// Makes the residuals of features comparable: one whose normal values are noisy would otherwise hide the faults of one whose values are not. Scaled so
/// that the error of normal windows is 1 on average.
/// </summary>
internal static class ResidualWeights
{
    // A feature that is reconstructed better than to this part of its deviation counts no more for it: it has as many digits as its sensor gives.
    private const double SmallestDeviation = 5e-3;

    public static float[] Of(WindowSet windows, int features, ResidualFunction residuals)
    {
        var squares = new double[features];
        var difference = new double[windows.Length];
        for (var index = 0; index < windows.Count; index++)
        {
            residuals(windows[index], difference);
            for (var i = 0; i < difference.Length; i++) squares[i % features] += difference[i] * difference[i];
        }

        var perFeature = (double)windows.Count * windows.Length / features;
        var byFeature = squares.Select(sum => 1 / Math.Max(Math.Sqrt(sum / perFeature), SmallestDeviation) / Math.Sqrt(windows.Length)).ToArray();
        return [.. Enumerable.Range(0, windows.Length).Select(i => (float)byFeature[i % features])];
    }
}
