namespace EdgeSimulator.Tours;

/// <summary>
/// What a linear autoencoder computes with: the error of a window is the sum of the squares of what its projection onto the components leaves, each weighted;
/// the score is 1 - c / (e + c).
/// </summary>
/// <param name="Mean">Of each value of a window.</param>
/// <param name="Components">For each value of a window its share in each component, row by row; the components are orthonormal.</param>
/// <param name="Weights">Of each value of a window.</param>
/// <param name="Scale">c of the score.</param>
internal sealed record LinearParts(float[] Mean, float[] Components, float[] Weights, float Scale)
{
    private const double Negligible = 1e-6;

    private int Length => Mean.Length;

    private int Kept => Components.Length / Length;

    public static LinearParts Of(ModelEdit edit) => new(edit.Read("mean"), edit.Read("components"), edit.Read("weights"), edit.Read("scale")[0]);

    public void WriteTo(ModelEdit edit)
    {
        edit.Write("components", Components);
        edit.Write("weights", Weights);
        edit.Write("scale", [Scale]);
    }

    /// <param name="window">Normalised.</param>
    public double Error(ReadOnlySpan<float> window)
    {
        var code = new double[Kept];
        for (var value = 0; value < Length; value++)
        {
            var centred = (double)window[value] - Mean[value];
            for (var component = 0; component < Kept; component++) code[component] += centred * Components[value * Kept + component];
        }

        var sum = 0.0;
        for (var value = 0; value < Length; value++)
        {
            var left = (double)window[value] - Mean[value];
            for (var component = 0; component < Kept; component++) left -= code[component] * Components[value * Kept + component];
            sum += left * left * Weights[value] * Weights[value];
        }

        return sum;
    }

    /// <inheritdoc cref="Error"/>
    public double Score(ReadOnlySpan<float> window) => 1 - Scale / (Error(window) + Scale);

    /// <summary>The same without some values of the window, as a training without them gives it: what they do is no error, and tells nothing.</summary>
    public LinearParts Without(Predicate<int> isLeftOut)
    {
        var (components, weights) = ((float[])Components.Clone(), (float[])Weights.Clone());
        for (var value = 0; value < Length; value++)
        {
            if (!isLeftOut(value)) continue;
            weights[value] = 0;
            components.AsSpan(value * Kept, Kept).Clear();
        }

        return this with { Components = Orthonormal(components), Weights = weights };
    }

    /// <summary>By Gram and Schmidt; a component of which nothing is left becomes zero.</summary>
    private float[] Orthonormal(float[] components)
    {
        var made = new double[components.Length];
        for (var component = 0; component < Kept; component++)
        {
            for (var value = 0; value < Length; value++) made[value * Kept + component] = components[value * Kept + component];
            for (var before = 0; before < component; before++)
            {
                var share = Product(made, before, component);
                for (var value = 0; value < Length; value++) made[value * Kept + component] -= share * made[value * Kept + before];
            }

            var length = Math.Sqrt(Product(made, component, component));
            for (var value = 0; value < Length; value++) made[value * Kept + component] = length < Negligible ? 0 : made[value * Kept + component] / length;
        }

        return [.. made.Select(value => (float)value)];
    }

    private double Product(double[] components, int one, int other)
    {
        var sum = 0.0;
        for (var value = 0; value < Length; value++) sum += components[value * Kept + one] * components[value * Kept + other];
        return sum;
    }
}
