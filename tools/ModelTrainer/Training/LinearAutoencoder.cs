using EdgeModules.ModelTrainer.Onnx;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>
/// Projects a window onto the principal components of normal windows and back. What normal devices differ in, as their levels, is among the components, so it
/// makes no error, even beyond what was trained on.
/// </summary>
internal sealed class LinearAutoencoder : Detector
{
    private readonly float[] _mean;
    private readonly float[] _components;
    private readonly int _kept;
    private readonly float[] _weights;

    public LinearAutoencoder(WindowSet windows, int size, int features, int components) : base(size, features)
    {
        var mean = Statistics.Mean(windows);
        var (_, vectors) = Statistics.Principal(windows, mean);
        _kept = Math.Min(components, Length);
        _mean = [.. mean.Select(value => (float)value)];
        _components = [.. vectors.SubMatrix(0, Length, 0, _kept).ToRowMajorArray().Select(value => (float)value)];
        _weights = [.. Enumerable.Repeat(1f, Length)];
        _weights = ResidualWeights.Of(windows, features, Residuals);
    }

    protected override int ResidualRows => Size;

    protected override void Residuals(ReadOnlySpan<float> window, Span<double> residuals)
    {
        Span<double> code = stackalloc double[_kept];
        code.Clear();
        for (var i = 0; i < window.Length; i++)
        {
            var centred = (double)window[i] - _mean[i];
            for (var k = 0; k < _kept; k++) code[k] += centred * _components[i * _kept + k];
        }

        for (var i = 0; i < window.Length; i++)
        {
            var back = 0.0;
            for (var k = 0; k < _kept; k++) back += code[k] * _components[i * _kept + k];
            residuals[i] = ((double)window[i] - _mean[i] - back) * _weights[i];
        }
    }

    protected override string WriteResiduals(GraphBuilder graph, string input)
    {
        graph.Integers("flat", -1, Length);
        graph.Constant("mean", _mean, Length);
        graph.Constant("components", _components, Length, _kept);
        graph.Constant("weights", _weights, Length);
        graph.Node("Reshape", "values", input, "flat");
        graph.Node("Sub", "centred", "values", "mean");
        graph.Node("Gemm", "code", "centred", "components");
        graph.Node("Gemm", "reconstruction", ["code", "components"], ("transB", 1));
        graph.Node("Sub", "difference", "centred", "reconstruction");
        return graph.Node("Mul", "residuals", "difference", "weights");
    }
}
