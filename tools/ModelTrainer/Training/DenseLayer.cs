using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>
/// outputs = inputs · weights + bias, with what Adam needs. Sums run in one order whatever the width of the machine's vectors, so that training gives the
/// same weights everywhere.
/// </summary>
internal sealed class DenseLayer
{
    private const float FirstMoment = 0.9f;
    private const float SecondMoment = 0.999f;
    private const float Smallest = 1e-8f;
    private readonly float[] _gradient;
    private readonly float[] _first;
    private readonly float[] _second;

    public DenseLayer(int inputs, int outputs, Random random)
    {
        (Inputs, Outputs) = (inputs, outputs);
        Weights = new float[(inputs + 1) * outputs];
        _gradient = new float[Weights.Length];
        _first = new float[Weights.Length];
        _second = new float[Weights.Length];
        // He's uniform start; the bias, the last row, starts at 0.
        var range = Math.Sqrt(6.0 / inputs);
        for (var index = 0; index < inputs * outputs; index++) Weights[index] = (float)((random.NextDouble() * 2 - 1) * range);
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Row by row: one for each input, then the bias.</summary>
    public float[] Weights { get; }

    public ReadOnlySpan<float> Row(int input) => Weights.AsSpan(input * Outputs, Outputs);

    public void Forward(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        Row(Inputs).CopyTo(outputs);
        for (var input = 0; input < Inputs; input++)
        {
            if (inputs[input] != 0) AddScaled(outputs, Row(input), inputs[input]);
        }
    }

    /// <summary>Adds to the gradient of the weights; writes that of the inputs.</summary>
    public void Backward(ReadOnlySpan<float> inputs, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        for (var input = 0; input < Inputs; input++)
        {
            if (inputs[input] != 0) AddScaled(_gradient.AsSpan(input * Outputs, Outputs), outputGradient, inputs[input]);
        }

        AddScaled(_gradient.AsSpan(Inputs * Outputs, Outputs), outputGradient, 1);
        if (inputGradient.IsEmpty) return;
        for (var input = 0; input < Inputs; input++) inputGradient[input] = Dot(Row(input), outputGradient);
    }

    /// <summary>One step of Adam with the gradients of a batch, which are then forgotten.</summary>
    /// <param name="step">From 1.</param>
    public void Learn(int batch, int step, double rate)
    {
        var correctedRate = (float)(rate * Math.Sqrt(1 - Math.Pow(SecondMoment, step)) / (1 - Math.Pow(FirstMoment, step)));
        for (var index = 0; index < Weights.Length; index++)
        {
            var gradient = _gradient[index] / batch;
            _first[index] = FirstMoment * _first[index] + (1 - FirstMoment) * gradient;
            _second[index] = SecondMoment * _second[index] + (1 - SecondMoment) * gradient * gradient;
            Weights[index] -= correctedRate * _first[index] / (MathF.Sqrt(_second[index]) + Smallest);
        }

        Array.Clear(_gradient);
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> values, float factor)
    {
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var index = 0; index < targets.Length; index++) targets[index] += vectors[index] * factor;
        for (var index = targets.Length * Vector<float>.Count; index < target.Length; index++) target[index] += values[index] * factor;
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lefts = MemoryMarshal.Cast<float, Vector256<float>>(left);
        var rights = MemoryMarshal.Cast<float, Vector256<float>>(right);
        var sums = Vector256<float>.Zero;
        for (var index = 0; index < lefts.Length; index++) sums += lefts[index] * rights[index];
        var sum = 0f;
        for (var lane = 0; lane < Vector256<float>.Count; lane++) sum += sums[lane];
        for (var index = lefts.Length * Vector256<float>.Count; index < left.Length; index++) sum += left[index] * right[index];
        return sum;
    }
}
