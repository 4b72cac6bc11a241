using System.Diagnostics.CodeAnalysis;
using EdgeModules.Messages;
using EdgeModules.Models;

namespace EdgeModules.Inference.Windows;

/// <summary>
/// A ring of the last readings for each device, by the model's features. What is to become of gaps and of missing values is the settings' choice; duplicates
/// and late readings never enter. Nothing that is not finite ever does.
/// </summary>
internal sealed class Rings
{
    private const int SnapshotPartBytes = 100_000;

    private readonly RingState _state = new();
    private readonly RingJournal _journal = new();
    private readonly RingReplay _replay;
    private IReadOnlyList<ModelFeature> _features = [];
    private long _samplePeriodMs;
    private int[] _guesses = [];
    private float[] _row = [];
    private float[] _zeros = [];

    // The epoch said last. A new one is said with the next change, which may come much later: a crash before that finds the old rings, and starts them anew
    // again.
    private long _said;
    private bool _isReplayed;

    public Rings() => _replay = new RingReplay(_state);

    public RingLayout? Layout => _state.Layout;

    public int Devices => _state.Devices;

    /// <summary>Readings in all rings.</summary>
    public long Rows => _state.Rows;

    /// <summary>What the calls since <see cref="Begin"/> changed.</summary>
    public ReadOnlyMemory<byte> Change => _journal.Written;

    /// <summary>The rings are for this model from now on.</summary>
    /// <returns>Readings that were in rings of another layout, and are forgotten.</returns>
    public long Fit(ModelManifest manifest)
    {
        var layout = RingLayout.Of(manifest);
        (_features, _samplePeriodMs) = (manifest.Features, manifest.Window.SamplePeriodMs);
        (_guesses, _row, _zeros) = (new int[layout.Features], new float[layout.Features], new float[layout.Features]);
        if (layout.Equals(_state.Layout)) return 0;
        var lost = _state.Rows;
        _state.Begin(layout, _state.Epoch + 1);
        return lost;
    }

    /// <summary>To be called before the readings of a message.</summary>
    public void Begin(InferenceSettings settings, ref RingTally tally)
    {
        if (!_isReplayed) _state.FindFree();
        _isReplayed = true;
        _journal.Begin();
        if (_said != _state.Epoch) _journal.Layout(_state.Layout!, _state.Epoch);
        _said = _state.Epoch;
        var most = MostDevices(settings);
        while (_state.Devices > most) Evict(_state.Oldest, ref tally);
    }

    /// <summary>How many devices the settings' memory has room for.</summary>
    public int MostDevices(InferenceSettings settings) => _state.Layout is { } layout
        ? (int)Math.Clamp(settings.MaxRingMegabytes * 1_000_000L / layout.BytesOfADevice, 1, settings.MaxDevices)
        : settings.MaxDevices;

    /// <param name="metrics">The metrics of <paramref name="reading"/>.</param>
    public RingEntry Add(in Reading reading, ReadOnlySpan<MetricValue> metrics, InferenceSettings settings, ref RingTally tally, out DeviceRing device)
    {
        device = Find(reading, settings, ref tally);
        switch (device.Order.See(reading.Timestamp))
        {
            case ReadingOrder.Duplicate:
                return RingEntry.Duplicate;
            case ReadingOrder.Late:
                return RingEntry.Late;
            case ReadingOrder.ClockReset when device.Count > 0:
                tally.EmptiedByClockReset++;
                Empty(device);
                break;
        }

        var missing = Read(metrics);
        if (missing > 0 && !TryHold(device, missing, settings, ref tally))
        {
            _journal.Seen(device, reading.Timestamp);
            return RingEntry.Missing;
        }

        CheckGap(device, reading.Timestamp, settings, ref tally);
        var size = _state.Layout!.Size;
        var isFull = device.Count >= size - 1;
        var isDue = isFull && (device.Count < size || device.SinceDue >= settings.Stride - 1);
        _journal.Row(device, reading.Timestamp, _row, _state.LastRow(device, _zeros), missing > 0, isDue);
        _state.Push(device, reading.Timestamp, _row, missing > 0, isDue);
        return isDue ? RingEntry.Due : isFull ? RingEntry.Between : RingEntry.Warming;
    }

    /// <summary>The model's answer to a window of the device.</summary>
    public void Scored(DeviceRing device, long timestamp, bool isOver, bool isSent)
    {
        // Most windows are within the limit, as the one before was, and are not told.
        if (isOver || device.IsOver || isSent) _journal.Scored(device, timestamp, isOver, isSent);
        RingState.Scored(device, timestamp, isOver, isSent);
    }

    /// <summary>The rows of a device, oldest first, as measured, or normalised by its baseline.</summary>
    public void CopyRows(DeviceRing device, Span<float> rows, bool normalised) => _state.CopyRows(device, rows, normalised);

    public bool TryPeek(string deviceId, [NotNullWhen(true)] out DeviceRing? device) => _state.TryPeek(deviceId, out device);

    /// <summary>Readings in the fullest ring that there has been since the rings began.</summary>
    public int Fullest => _state.Fullest;

    /// <summary>Looks at every device.</summary>
    public int CountFull() => _state.Layout is { } layout ? _state.OldestFirst.Count(device => device.Count == layout.Size) : 0;

    /// <exception cref="InvalidDataException">The bytes are no change of rings.</exception>
    public void Apply(ReadOnlySpan<byte> change) => _replay.Apply(change);

    /// <summary>All rings, least recently seen first, in parts.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Snapshot()
    {
        if (_state.Layout is not { } layout) yield break;
        var part = new RingJournal();
        var (raw, normalised, zeros) = (new float[layout.Length], new float[layout.Length], new float[layout.Features]);
        part.Begin();
        part.Layout(layout, _state.Epoch);
        foreach (var device in _state.OldestFirst)
        {
            part.Saved(_state, device, raw, normalised, zeros);
            if (part.Length < SnapshotPartBytes) continue;
            yield return part.Written.ToArray();
            part.Begin();
        }

        if (part.Length > 0) yield return part.Written.ToArray();
    }

    /// <summary>Begins anew without devices.</summary>
    /// <returns>Readings that were in the rings.</returns>
    public long Forget()
    {
        var lost = _state.Rows;
        if (_state.Layout is { } layout) _state.Begin(layout, _state.Epoch + 1);
        return lost;
    }

    private DeviceRing Find(in Reading reading, InferenceSettings settings, ref RingTally tally)
    {
        if (!_state.TrySee(reading.DeviceId, out var device))
        {
            if (_state.Devices >= MostDevices(settings)) Evict(_state.Oldest, ref tally);
            device = _state.Add(reading.DeviceId, _state.FreeIndex);
            _journal.Device(device);
        }

        if (!ReferenceEquals(device.Zone, reading.Zone) && device.Zone != reading.Zone)
        {
            device.Zone = reading.Zone;
            _journal.Move(device);
        }

        return device;
    }

    /// <returns>How many features have no plausible value in the reading.</returns>
    private int Read(ReadOnlySpan<MetricValue> metrics)
    {
        var missing = 0;
        for (var i = 0; i < _row.Length; i++)
        {
            var feature = _features[i];
            var place = PlaceOf(feature.Name, metrics, ref _guesses[i]);
            var isThere = place >= 0 && feature.IsPlausible(metrics[place].Value) && float.IsFinite((float)metrics[place].Value);
            _row[i] = isThere ? (float)metrics[place].Value : float.NaN;
            if (!isThere) missing++;
        }

        return missing;
    }

    /// <param name="guess">Where the metric was last: readings are most often alike.</param>
    private static int PlaceOf(string name, ReadOnlySpan<MetricValue> metrics, ref int guess)
    {
        if (guess < metrics.Length && metrics[guess].Name == name) return guess;
        for (var i = 0; i < metrics.Length; i++)
        {
            if (metrics[i].Name == name) return guess = i;
        }

        return -1;
    }

    /// <summary>Puts the values of the row before in the place of missing ones, if that is to be and can be done.</summary>
    private bool TryHold(DeviceRing device, int missing, InferenceSettings settings, ref RingTally tally)
    {
        // A reading with none of the features says nothing that could be held together.
        if (missing < _row.Length && settings.Missing == MissingPolicy.Hold && device.Count > 0 && device.HeldRun < settings.HoldReadings)
        {
            var before = _state.LastRow(device, _zeros);
            for (var i = 0; i < _row.Length; i++)
            {
                if (float.IsNaN(_row[i])) _row[i] = before[i];
            }

            tally.HeldReadings++;
            return true;
        }

        if (settings.Missing != MissingPolicy.Skip && device.Count > 0)
        {
            tally.EmptiedByMissing++;
            Empty(device);
        }

        return false;
    }

    private void CheckGap(DeviceRing device, long timestamp, InferenceSettings settings, ref RingTally tally)
    {
        if (device.Count == 0 || settings.LongestGap(_samplePeriodMs) is not { } longest || timestamp - device.Newest <= longest) return;
        tally.Gaps++;
        if (settings.Gaps == GapPolicy.Continue) return;
        tally.EmptiedByGap++;
        Empty(device);
    }

    private void Empty(DeviceRing device)
    {
        _journal.Empty(device);
        _state.Empty(device);
    }

    private void Evict(DeviceRing device, ref RingTally tally)
    {
        _journal.Evict(device);
        _state.Evict(device);
        tally.EvictedDevices++;
    }
}
