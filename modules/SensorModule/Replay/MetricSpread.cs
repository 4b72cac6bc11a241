namespace EdgeModules.Sensing.Replay;

/// <summary>The standard deviation of a column, value by value (after Welford).</summary>
internal sealed class MetricSpread
{
    private long _count;
    private double _mean;
    private double _squares;

    /// <summary>The standard deviation; of a metric that never changes a tenth of its value, and 1 when that is nothing either.</summary>
    public double Size
    {
        get
        {
            var deviation = Math.Sqrt(_squares / Math.Max(1, _count));
            if (deviation > 0 && double.IsFinite(deviation)) return deviation;
            return double.IsFinite(_mean) && _mean != 0 ? Math.Abs(_mean) / 10 : 1;
        }
    }

    public void Add(double value)
    {
        if (!double.IsFinite(value)) return;
        _count++;
        var before = value - _mean;
        _mean += before / _count;
        _squares += before * (value - _mean);
    }
}
