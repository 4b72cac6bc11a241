using EdgeModules.ModelTrainer.Onnx;
using MathNet.Numerics.LinearAlgebra;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>
/// PCA with the T² and Q statistics of the window's last reading, each divided by its own limit: their sum is zᵀMz, and the residuals are those of the
/// symmetric root of M, so that each feature has a share that is never negative.
/// </summary>
internal sealed class PcaDetector : Detector
{
    private const double LimitShare = 0.99;
    private readonly float[] _mean;
    private readonly float[] _root;

    /// <param name="variance">Share of the variance that the principal components must explain.</param>
    public PcaDetector(WindowSet windows, int size, int features, double variance) : base(size, features)
    {
        var readings = LastReadings(windows, features);
        var mean = Statistics.Mean(readings);
        var (values, vectors) = Statistics.Principal(readings, mean);
        var kept = Components(values, variance);
        var t = Matrix<double>.Build.Dense(features, features);
        var q = Matrix<double>.Build.DenseIdentity(features);
        for (var component = 0; component < kept; component++)
        {
            var projection = vectors.Column(component).OuterProduct(vectors.Column(component));
            t += projection / Math.Max(values[component], 1e-9);
            q -= projection;
        }

        var combined = t / LimitOf(readings, mean, t);
        if (kept < features) combined += q / LimitOf(readings, mean, q);
        _mean = [.. mean.Select(value => (float)value)];
        _root = Root(combined);
    }

    protected override int ResidualRows => 1;

    /// <summary>How many of these eigenvalues explain that share.</summary>
    public static int Components(double[] values, double variance)
    {
        var all = values.Sum();
        var sum = 0.0;
        for (var kept = 0; kept < values.Length; kept++)
        {
            if (sum >= variance * all) return Math.Max(kept, 1);
            sum += values[kept];
        }

        return values.Length;
    }

    protected override void Residuals(ReadOnlySpan<float> window, Span<double> residuals)
    {
        var reading = window[^Features..];
        for (var column = 0; column < Features; column++)
        {
            var sum = 0.0;
            for (var row = 0; row < Features; row++) sum += ((double)reading[row] - _mean[row]) * _root[row * Features + column];
            residuals[column] = sum;
        }
    }

    protected override string WriteResiduals(GraphBuilder graph, string input)
    {
        graph.Constant("mean", _mean, Features);
        graph.Constant("root", _root, Features, Features);
        graph.Integers("last", -1);
        graph.Node("Gather", "lastReading", [input, "last"], ("axis", 1));
        graph.Integers("flat", -1, Features);
        graph.Node("Reshape", "reading", "lastReading", "flat");
        graph.Node("Sub", "centred", "reading", "mean");
        return graph.Node("MatMul", "residuals", "centred", "root");
    }

    private static WindowSet LastReadings(WindowSet windows, int features)
    {
        var readings = new float[windows.Count * features];
        for (var index = 0; index < windows.Count; index++) windows[index][^features..].CopyTo(readings.AsSpan(index * features));
        return new WindowSet(readings, features);
    }

    private static double LimitOf(WindowSet readings, double[] mean, Matrix<double> form)
    {
        var values = Enumerable.Range(0, readings.Count).Select(index =>
        {
            var centred = Vector<double>.Build.Dense(mean.Length);
            for (var i = 0; i < mean.Length; i++) centred[i] = readings[index][i] - mean[i];
            return centred * form * centred;
        });
        return Math.Max(Statistics.Quantile(values, LimitShare), 1e-9);
    }

    private static float[] Root(Matrix<double> form)
    {
        var evd = form.Evd(Symmetricity.Symmetric);
        var roots = Matrix<double>.Build.DenseOfDiagonalVector(evd.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 0))));
        var root = evd.EigenVectors * roots * evd.EigenVectors.Transpose();
        return [.. root.ToRowMajorArray().Select(value => (float)value)];
    }
}
