namespace EdgeModules.Inference.Windows;

/// <summary>The values of all rings, in few large arrays: ten thousand devices are some hundred objects for the collector.</summary>
internal sealed class RingBank
{
    /// <summary>Below the size from which arrays are never moved, and the heap has holes.</summary>
    private const int ChunkBytes = 64 << 10;

    private readonly RingLayout _layout;
    private readonly int _devicesOfAChunk;
    private readonly int _stateLength;
    private readonly List<Chunk> _chunks = [];

    private sealed record Chunk(float[] Raw, float[] Normalised, int[] Steps, double[] Baselines);

    /// <param name="stateLength">Of a device's baseline; 0 without.</param>
    public RingBank(RingLayout layout, int stateLength)
    {
        (_layout, _stateLength) = (layout, stateLength);
        _devicesOfAChunk = Math.Max(1, ChunkBytes / (layout.Length * sizeof(float)));
    }

    /// <summary>Makes room for a device, and clears what a former one left there.</summary>
    public void Allot(int index)
    {
        while (_chunks.Count * _devicesOfAChunk <= index)
        {
            _chunks.Add(new Chunk(
                new float[_devicesOfAChunk * _layout.Length],
                _layout.Ewma is null ? [] : new float[_devicesOfAChunk * _layout.Length],
                new int[_devicesOfAChunk * _layout.Size],
                new double[_devicesOfAChunk * _stateLength]));
        }

        RawOf(index).Clear();
        StepsOf(index).Clear();
        BaselineOf(index).Clear();
        if (_layout.Ewma is not null) NormalisedOf(index).Clear();
    }

    /// <summary>All rows, in the order of their places.</summary>
    public Span<float> RawOf(int index) => ChunkOf(index).Raw.AsSpan(index % _devicesOfAChunk * _layout.Length, _layout.Length);

    /// <summary>The same rows normalised as they came; only with a baseline.</summary>
    public Span<float> NormalisedOf(int index) => ChunkOf(index).Normalised.AsSpan(index % _devicesOfAChunk * _layout.Length, _layout.Length);

    /// <summary>Milliseconds from the row before to each row.</summary>
    public Span<int> StepsOf(int index) => ChunkOf(index).Steps.AsSpan(index % _devicesOfAChunk * _layout.Size, _layout.Size);

    public Span<double> BaselineOf(int index) => ChunkOf(index).Baselines.AsSpan(index % _devicesOfAChunk * _stateLength, _stateLength);

    private Chunk ChunkOf(int index) => _chunks[index / _devicesOfAChunk];
}
