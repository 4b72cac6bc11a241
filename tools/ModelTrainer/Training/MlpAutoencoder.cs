using EdgeModules.ModelTrainer.Onnx;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>Window → 64 → 16 → 64 → window, with ReLU in the layers of 64, trained with Adam on normal windows.</summary>
internal sealed class MlpAutoencoder : Detector
{
    private const int Wide = 64;
    private const int Narrow = 16;
    private const int Batch = 64;
    private const double Rate = 2e-3;
    private readonly DenseLayer[] _layers;
    private readonly float[] _weights;

    public MlpAutoencoder(WindowSet windows, int size, int features, int epochs, int seed) : base(size, features)
    {
        // A seeded Random is the same in every version of .NET.
        var random = new Random(seed);
        _layers =
        [
            new DenseLayer(Length, Wide, random),
            new DenseLayer(Wide, Narrow, random),
            new DenseLayer(Narrow, Wide, random),
            new DenseLayer(Wide, Length, random),
        ];
        Train(windows, epochs, random);
        _weights = [.. Enumerable.Repeat(1f, Length)];
        _weights = ResidualWeights.Of(windows, features, Residuals);
    }

    protected override int ResidualRows => Size;

    protected override void Residuals(ReadOnlySpan<float> window, Span<double> residuals)
    {
        var activations = NewActivations();
        window.CopyTo(activations[0]);
        Forward(activations);
        for (var i = 0; i < window.Length; i++) residuals[i] = ((double)window[i] - activations[^1][i]) * _weights[i];
    }

    protected override string WriteResiduals(GraphBuilder graph, string input)
    {
        graph.Integers("flat", -1, Length);
        var values = graph.Node("Reshape", "values", input, "flat");
        var output = values;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var (dense, name) = (_layers[layer], $"layer{layer + 1}");
            graph.Constant($"{name}Weights", dense.Weights.AsSpan(0, dense.Inputs * dense.Outputs), dense.Inputs, dense.Outputs);
            graph.Constant($"{name}Bias", dense.Row(dense.Inputs), dense.Outputs);
            output = graph.Node("Gemm", name, output, $"{name}Weights", $"{name}Bias");
            if (HasRelu(layer)) output = graph.Node("Relu", $"{name}Active", output);
        }

        graph.Constant("weights", _weights, Length);
        graph.Node("Sub", "difference", values, output);
        return graph.Node("Mul", "residuals", "difference", "weights");
    }

    private static bool HasRelu(int layer) => layer is 0 or 2;

    private float[][] NewActivations() => [new float[Length], .. _layers.Select(layer => new float[layer.Outputs])];

    private void Forward(float[][] activations)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var outputs = activations[layer + 1];
            _layers[layer].Forward(activations[layer], outputs);
            if (!HasRelu(layer)) continue;
            for (var i = 0; i < outputs.Length; i++) outputs[i] = Math.Max(outputs[i], 0);
        }
    }

    private void Train(WindowSet windows, int epochs, Random random)
    {
        var activations = NewActivations();
        var gradients = NewActivations();
        var order = Enumerable.Range(0, windows.Count).ToArray();
        var steps = (int)Math.Ceiling((double)order.Length / Batch) * epochs;
        var step = 0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var batch in order.Chunk(Batch))
            {
                foreach (var index in batch)
                {
                    windows[index].CopyTo(activations[0]);
                    Forward(activations);
                    Backward(activations, gradients);
                }

                step++;
                // To nothing at the end, so that the last batches do not decide.
                var rate = Rate * (1 - (step - 1.0) / steps);
                foreach (var layer in _layers) layer.Learn(batch.Length, step, rate);
            }
        }
    }

    private void Backward(float[][] activations, float[][] gradients)
    {
        var last = gradients[^1];
        for (var i = 0; i < last.Length; i++) last[i] = activations[^1][i] - activations[0][i];
        for (var layer = _layers.Length - 1; layer >= 0; layer--)
        {
            var gradient = gradients[layer + 1];
            if (HasRelu(layer))
            {
                for (var i = 0; i < gradient.Length; i++)
                {
                    if (activations[layer + 1][i] == 0) gradient[i] = 0;
                }
            }

            _layers[layer].Backward(activations[layer], gradient, layer > 0 ? gradients[layer] : []);
        }
    }
}
