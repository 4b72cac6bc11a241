using EdgeModules.Hosting.State;

namespace EdgeModules.Aggregation;

/// <summary>
/// One metric over one window. Mean and variance by Welford's update and Chan's merge, which stay right where a sum of squares does not: 1e9 ± 1e-3.
/// </summary>
public struct MetricSummary(string name, QuantileSketch? sketch)
{
    private long _firstAt;
    private long _lastAt;
    private double _squares;

    internal DecimalCode Code;

    public string Name { get; internal set; } = name;

    public long Count { get; private set; }

    public double Mean { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>The value with the smallest timestamp.</summary>
    public double First { get; private set; }

    /// <summary>The value with the largest timestamp.</summary>
    public double Last { get; private set; }

    public QuantileSketch? Sketch { get; } = sketch;

    /// <summary>Of the sample; 0 for a single value.</summary>
    public readonly double StandardDeviation => Count > 1 ? Math.Sqrt(_squares / (Count - 1)) : 0;

    public void Add(double value, long timestamp)
    {
        Count++;
        var distance = value - Mean;
        // Two large values of opposite sign must not overflow on the way.
        Mean = double.IsFinite(distance) ? Mean + distance / Count : Mean * ((Count - 1.0) / Count) + value / Count;
        _squares += distance * (value - Mean);
        if (value < Min) Min = value;
        if (value > Max) Max = value;
        if (Count == 1 || timestamp < _firstAt) (First, _firstAt) = (value, timestamp);
        if (Count == 1 || timestamp > _lastAt) (Last, _lastAt) = (value, timestamp);
        Sketch?.Add(value);
    }

    public void Merge(in MetricSummary other)
    {
        if (other.Count == 0) return;
        var total = Count + other.Count;
        var distance = other.Mean - Mean;
        if (Count == 0) (Mean, _squares) = (other.Mean, other._squares);
        else
        {
            Mean = double.IsFinite(distance) ? Mean + distance * ((double)other.Count / total) : Mean * ((double)Count / total) + other.Mean * ((double)other.Count / total);
            _squares += other._squares + distance * distance * ((double)Count * other.Count / total);
        }

        if (Count == 0 || other._firstAt < _firstAt) (First, _firstAt) = (other.First, other._firstAt);
        if (Count == 0 || other._lastAt > _lastAt) (Last, _lastAt) = (other.Last, other._lastAt);
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        Count = total;
        if (other.Sketch is not null) Sketch?.Merge(other.Sketch);
    }

    internal readonly void Write(CompactWriter writer)
    {
        writer.Write(Count);
        writer.WriteSigned(_firstAt);
        writer.WriteSigned(_lastAt);
        writer.Write(Mean);
        writer.Write(_squares);
        var code = new DecimalCode();
        foreach (var value in (ReadOnlySpan<double>)[Min, Max, First, Last]) code.Write(value, writer);
        Code.WriteReference(writer);
        Sketch?.Write(writer);
    }

    internal void Read(ref CompactReader reader)
    {
        Count = reader.Read();
        (_firstAt, _lastAt) = (reader.ReadSigned(), reader.ReadSigned());
        (Mean, _squares) = (reader.ReadDouble(), reader.ReadDouble());
        var code = new DecimalCode();
        (Min, Max, First, Last) = (code.Read(ref reader), code.Read(ref reader), code.Read(ref reader), code.Read(ref reader));
        Code.ReadReference(ref reader);
        Sketch?.Read(ref reader);
    }
}
