using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Data;

/// <summary>
/// The windows of one device as a module makes them, reading by reading: normalised when a reading comes, a missing value held for some readings, all begun
/// anew after a gap. Nothing in a window is younger than its last reading.
/// </summary>
internal sealed class WindowStream
{
    /// <summary>Readings for which a missing value is taken from the reading before.</summary>
    public const int MaxHeld = 5;

    /// <summary>A gap of more sample periods begins anew.</summary>
    public const int MaxGapPeriods = 5;

    private readonly ModelManifest _manifest;
    private readonly EwmaBaseline? _baseline;
    private readonly double[] _state;
    private readonly float[] _raw;
    private readonly float[] _reading;
    private readonly float[] _normalised;
    private int _count;
    private int _held;
    private long _last = long.MinValue;

    public WindowStream(ModelManifest manifest)
    {
        _manifest = manifest;
        var features = manifest.Features.Count;
        _baseline = manifest.Normalisation.Kind == Normalisation.Ewma ? new EwmaBaseline(manifest.Normalisation, features) : null;
        _state = new double[_baseline?.StateLength ?? 0];
        _raw = new float[manifest.WindowLength];
        _normalised = new float[manifest.WindowLength];
        _reading = new float[features];
    }

    /// <summary>The window as the readings are, row by row.</summary>
    public ReadOnlySpan<float> Raw => _raw;

    /// <summary>The window as the model takes it.</summary>
    public ReadOnlySpan<float> Normalised => _normalised;

    /// <param name="overLimit">Whether the last score was over the limit.</param>
    /// <returns>Whether there is a whole window that ends with this reading.</returns>
    public bool Add(long time, ReadOnlySpan<float> values, bool overLimit)
    {
        var period = _manifest.Window.SamplePeriodMs;
        if (_last != long.MinValue && (time <= _last || (period > 0 && time - _last > MaxGapPeriods * period))) _count = 0;
        _last = time;
        if (!TryFill(values))
        {
            _count = 0;
            return false;
        }

        Append(overLimit);
        _count = Math.Min(_count + 1, _manifest.Window.Size);
        return _count == _manifest.Window.Size;
    }

    private bool TryFill(ReadOnlySpan<float> values)
    {
        var isWhole = true;
        for (var feature = 0; feature < values.Length; feature++)
        {
            if (_manifest.Features[feature].IsPlausible(values[feature])) _reading[feature] = values[feature];
            else isWhole = false;
        }

        _held = isWhole ? 0 : _held + 1;
        return isWhole || (_count > 0 && _held <= MaxHeld);
    }

    private void Append(bool overLimit)
    {
        var features = _reading.Length;
        _raw.AsSpan(features).CopyTo(_raw);
        _normalised.AsSpan(features).CopyTo(_normalised);
        _reading.CopyTo(_raw.AsSpan(^features..));
        var target = _normalised.AsSpan(^features..);
        if (_baseline is null) _manifest.Normalisation.Apply(_reading, target, features);
        else _baseline.Apply(_state, _reading, target, overLimit);
    }
}
