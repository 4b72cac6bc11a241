using MathNet.Numerics.LinearAlgebra;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>The same numbers on every run: one thread, one order.</summary>
internal static class Statistics
{
    public static double[] Mean(WindowSet windows)
    {
        var mean = new double[windows.Length];
        for (var index = 0; index < windows.Count; index++)
        {
            var window = windows[index];
            for (var i = 0; i < mean.Length; i++) mean[i] += window[i];
        }

        for (var i = 0; i < mean.Length; i++) mean[i] /= windows.Count;
        return mean;
    }

    /// <summary>Eigenvalues of the covariance, the greatest first, and their vectors in the columns, each with its greatest part positive.</summary>
    public static (double[] Values, Matrix<double> Vectors) Principal(WindowSet windows, double[] mean)
    {
        MathNet.Numerics.Control.UseManaged();
        MathNet.Numerics.Control.UseSingleThread();
        var length = mean.Length;
        var covariance = Matrix<double>.Build.Dense(length, length);
        var sums = new double[length * length];
        var centred = new double[length];
        for (var index = 0; index < windows.Count; index++)
        {
            var window = windows[index];
            for (var i = 0; i < length; i++) centred[i] = window[i] - mean[i];
            for (var i = 0; i < length; i++)
            {
                var row = sums.AsSpan(i * length, length);
                var factor = centred[i];
                for (var j = i; j < length; j++) row[j] += factor * centred[j];
            }
        }

        for (var i = 0; i < length; i++)
        {
            for (var j = i; j < length; j++) covariance[i, j] = covariance[j, i] = sums[i * length + j] / windows.Count;
        }

        var evd = covariance.Evd(Symmetricity.Symmetric);
        var order = Enumerable.Range(0, length).Reverse().ToArray();
        var vectors = Matrix<double>.Build.DenseOfColumnVectors(order.Select(column => WithSign(evd.EigenVectors.Column(column))));
        return ([.. order.Select(column => Math.Max(evd.EigenValues[column].Real, 0))], vectors);
    }

    /// <summary>The least value that at least this share of the values does not exceed.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    private static Vector<double> WithSign(Vector<double> vector) => vector[vector.AbsoluteMaximumIndex()] < 0 ? -vector : vector;
}
