using EdgeModules.Inference.Windows;
using EdgeModules.Models;

namespace EdgeModules.Inference;

/// <summary>Windows that are due, gathered over the devices of a message so that the model is called for many at once.</summary>
internal sealed class WindowBatch
{
    private const int MostWindows = 32;
    private const int MostValues = 1 << 18;

    private readonly IScoringModel _model;
    private readonly Normaliser? _normaliser;
    private readonly int _length;
    private readonly int _features;
    private readonly DueWindow[] _due;
    private readonly float[] _input;
    private readonly float[] _scores;
    private readonly bool[] _failed;
    private readonly float[] _contributions;

    // Only while somebody wants them.
    private float[] _raw = [];

    public WindowBatch(IScoringModel model)
    {
        _model = model;
        var manifest = model.Manifest;
        _normaliser = manifest.Normalisation.Kind == Normalisation.Ewma ? null : new Normaliser(manifest.Normalisation);
        (_length, _features) = (manifest.WindowLength, manifest.Features.Count);
        var windows = Math.Clamp(MostValues / _length, 1, MostWindows);
        (_due, _input, _scores, _failed) = (new DueWindow[windows], new float[windows * _length], new float[windows], new bool[windows]);
        _contributions = new float[model.HasContributions ? windows * _features : 0];
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _due.Length;

    /// <summary>Why the last call that failed did; null when none did in the last <see cref="Run"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>A device's baseline depends on its last score, so with one its windows are scored one by one.</summary>
    public bool MustScoreBefore(DeviceRing device)
    {
        if (_normaliser is not null) return false;
        for (var i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_due[i].Device, device)) return true;
        }

        return false;
    }

    /// <summary>Copies a device's window as it is now.</summary>
    /// <param name="keepsRaw">Whether <see cref="RawOf"/> is wanted.</param>
    public void Add(DeviceRing device, Rings rings, bool keepsRaw)
    {
        var window = _input.AsSpan(Count * _length, _length);
        rings.CopyRows(device, window, normalised: _normaliser is null);
        if (keepsRaw)
        {
            if (_raw.Length == 0) _raw = new float[_input.Length];
            var raw = _raw.AsSpan(Count * _length, _length);
            if (_normaliser is null) rings.CopyRows(device, raw, normalised: false);
            else window.CopyTo(raw);
        }

        _normaliser?.Apply(window);
        _due[Count++] = new DueWindow(device, device.Newest, device.Newest - device.Span, keepsRaw);
    }

    /// <summary>Calls the model. A call for many that fails is repeated one by one, so that one window does not take the others with it.</summary>
    public void Run()
    {
        Failure = null;
        Array.Clear(_failed);
        if (TryRun(0, Count)) return;
        for (var i = 0; i < Count; i++)
        {
            _failed[i] = Count == 1 || !TryRun(i, 1);
        }
    }

    public ref readonly DueWindow this[int index] => ref _due[index];

    /// <summary>Whether the call for a window failed; then it has no score.</summary>
    public bool HasFailed(int index) => _failed[index];

    public float ScoreOf(int index) => _scores[index];

    public ReadOnlySpan<float> InputOf(int index) => _input.AsSpan(index * _length, _length);

    public ReadOnlySpan<float> RawOf(int index) => _raw.AsSpan(index * _length, _length);

    /// <summary>Empty when the model gives none.</summary>
    public ReadOnlySpan<float> ContributionsOf(int index) => _contributions.Length == 0 ? [] : _contributions.AsSpan(index * _features, _features);

    public void Clear() => Count = 0;

    private bool TryRun(int first, int count)
    {
        try
        {
            _model.Score(
                _input.AsSpan(first * _length, count * _length), count, _scores.AsSpan(first, count),
                _contributions.Length == 0 ? [] : _contributions.AsSpan(first * _features, count * _features));
            return true;
        }
        catch (ModelRunException error)
        {
            Failure = error.Message;
            return false;
        }
    }
}

/// <param name="Timestamp">Of the newest row, Unix milliseconds.</param>
/// <param name="Start">Of the oldest row.</param>
/// <param name="HasRaw">Whether the values as measured were kept.</param>
internal readonly record struct DueWindow(DeviceRing Device, long Timestamp, long Start, bool HasRaw);
