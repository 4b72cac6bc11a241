using EdgeModules.ModelTrainer.Onnx;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>
/// A trained model. Its error is a sum of squared residuals, each weighted so that normal ones are about alike for every feature; its score is 1 − c/(e + c),
/// with c such that the score is 0.8 where the error is at the control limit.
/// </summary>
internal abstract class Detector(int size, int features)
{
    /// <summary>The score at the control limit.</summary>
    public const double ScoreLimit = 0.8;

    // Inputs beyond this say no more, and their squares could leave the range of float32.
    private const float Bound = (float)EwmaBaseline.Bound;

    // Shares of an error of nothing are alike.
    private const float Smallest = 1e-9f;

    protected int Size => size;

    protected int Features => features;

    protected int Length => size * features;

    /// <summary>c of the score.</summary>
    public double Scale { get; private set; } = 1;

    /// <param name="limit">The control limit of the error, above 0.</param>
    public void SetLimit(double limit) => Scale = limit * (1 - ScoreLimit) / ScoreLimit;

    public double Error(ReadOnlySpan<float> window)
    {
        Span<double> byFeature = stackalloc double[features];
        ErrorByFeature(window, byFeature);
        var sum = 0.0;
        foreach (var error in byFeature) sum += error;
        return sum;
    }

    public double Score(ReadOnlySpan<float> window) => 1 - Scale / (Error(window) + Scale);

    public double[] Contributions(ReadOnlySpan<float> window)
    {
        var byFeature = new double[features];
        ErrorByFeature(window, byFeature);
        var sum = byFeature.Sum();
        return [.. byFeature.Select(error => (error + Smallest / features) / (sum + Smallest))];
    }

    public byte[] ToOnnx(string name)
    {
        var graph = new GraphBuilder(name);
        graph.Constant("low", [-Bound]);
        graph.Constant("high", [Bound]);
        graph.Integers("second", 1);
        var bounded = graph.Node("Clip", "bounded", ModelInterface.Window, "low", "high");
        var byFeature = WriteErrorByFeature(graph, bounded);
        graph.Node("ReduceSum", "error", [byFeature, "second"], ("keepdims", 0));
        graph.Constant("scale", [(float)Scale]);
        graph.Constant("one", [1f]);
        graph.Node("Add", "errorAndScale", "error", "scale");
        graph.Node("Div", "remainder", "scale", "errorAndScale");
        graph.Node("Sub", ModelInterface.Score, "one", "remainder");
        graph.Constant("smallest", [Smallest]);
        graph.Constant("smallestShare", [Smallest / features]);
        graph.Node("ReduceSum", "errorColumn", [byFeature, "second"], ("keepdims", 1));
        graph.Node("Add", "wholeError", "errorColumn", "smallest");
        graph.Node("Add", "shares", byFeature, "smallestShare");
        graph.Node("Div", ModelInterface.Contributions, "shares", "wholeError");
        return graph.Build(size, features);
    }

    /// <param name="window">Normalised.</param>
    protected abstract void Residuals(ReadOnlySpan<float> window, Span<double> residuals);

    /// <summary>Writes the same as <see cref="Residuals"/>.</summary>
    /// <param name="input">[N, size, features].</param>
    /// <returns>[N, <see cref="ResidualRows"/> × features].</returns>
    protected abstract string WriteResiduals(GraphBuilder graph, string input);

    /// <summary>Readings that have residuals.</summary>
    protected abstract int ResidualRows { get; }

    private void ErrorByFeature(ReadOnlySpan<float> window, Span<double> byFeature)
    {
        Span<float> bounded = new float[window.Length];
        for (var index = 0; index < window.Length; index++) bounded[index] = Math.Clamp(window[index], -Bound, Bound);
        Span<double> residuals = new double[ResidualRows * features];
        Residuals(bounded, residuals);
        byFeature.Clear();
        for (var index = 0; index < residuals.Length; index++) byFeature[index % features] += residuals[index] * residuals[index];
    }

    private string WriteErrorByFeature(GraphBuilder graph, string input)
    {
        var residuals = WriteResiduals(graph, input);
        var squares = graph.Node("Mul", "squares", residuals, residuals);
        graph.Integers("residualShape", -1, ResidualRows, features);
        graph.Node("Reshape", "squaresByReading", squares, "residualShape");
        return graph.Node("ReduceSum", "errorByFeature", ["squaresByReading", "second"], ("keepdims", 0));
    }
}
