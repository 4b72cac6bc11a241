namespace EdgeModules.ModelTrainer.Training;

/// <summary>Normalised windows, one after the other.</summary>
internal sealed record WindowSet(float[] Values, int Length)
{
    public int Count => Values.Length / Length;

    public ReadOnlySpan<float> this[int index] => Values.AsSpan(index * Length, Length);

    /// <summary>At most so many, evenly spread.</summary>
    public WindowSet Thin(int most)
    {
        if (Count <= most) return this;
        var thinned = new float[most * Length];
        for (var index = 0; index < most; index++) this[(int)((long)index * Count / most)].CopyTo(thinned.AsSpan(index * Length));
        return new WindowSet(thinned, Length);
    }
}
