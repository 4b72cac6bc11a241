using EdgeModules.Inference.Swap.Statistics;
using EdgeModules.Models;

namespace EdgeModules.Inference.Swap;

/// <summary>Asks both models about copies of normal windows with a fault in them; apart from the path of alerts.</summary>
internal sealed class ProbeRun
{
    /// <summary>More say nothing new.</summary>
    private const int EnoughTimes = 10;

    /// <summary>Readings before the spread of a feature is known well enough, where the model does not say it.</summary>
    private const int LearnFirst = 100;

    private readonly IScoringModel _live;
    private readonly IScoringModel _shadow;
    private readonly WindowForm _form;
    private readonly TimeProvider _time;
    private readonly FaultProbe _probe;
    private readonly LatencyHistogram _liveLatency = new();
    private readonly Spread[] _spread;
    private readonly float[] _raw;
    private readonly float[] _liveWindow;
    private readonly float[] _shadowWindow;
    private readonly float[] _answer = new float[1];
    private readonly double _deviations;
    private readonly long _wanted;
    private long _asked;

    public ProbeRun(IScoringModel live, IScoringModel shadow, WindowForm form, PolicySettings policy, TimeProvider time)
    {
        (_live, _shadow, _form, _time, _deviations) = (live, shadow, form, time, policy.ProbeDeviations);
        _probe = new FaultProbe(form.Features);
        _spread = new Spread[form.Features];
        (_raw, _liveWindow, _shadowWindow) = (new float[form.Length], new float[form.Length], new float[form.Length]);
        _wanted = EnoughTimes * Math.Max(policy.MinProbes, (long)policy.MinFeatureProbes * form.Features);
    }

    public bool IsWanted => _asked < _wanted && (_live.Manifest.Normalisation.Kind != Normalisation.None || _spread[0].Count >= LearnFirst);

    public double LiveP50Ms => _liveLatency.QuantileMs(0.5);

    public IReadOnlyList<ProbeCount> Counts() => _probe.Counts();

    /// <summary>Learns how far each feature varies; of use where no model says it.</summary>
    public void Learn(in QueuedWindow window)
    {
        var row = (window.Raw.IsEmpty ? window.Normalised : window.Raw).Span[^_form.Features..];
        for (var feature = 0; feature < row.Length; feature++) _spread[feature].Add(row[feature]);
    }

    /// <returns>Why the shadow model can go on no longer, or null.</returns>
    public string? Ask(in QueuedWindow window)
    {
        var (feature, direction) = _probe.Next();
        var step = direction * _deviations;
        window.Normalised.Span.CopyTo(_liveWindow);
        FaultProbe.Inject(_liveWindow, _form.Features, feature, (float)(step * LiveDeviation(feature)));
        if (window.Raw.IsEmpty)
        {
            _liveWindow.CopyTo(_shadowWindow, 0);
        }
        else
        {
            window.Raw.Span.CopyTo(_raw);
            FaultProbe.Inject(_raw, _form.Features, feature, (float)(step * RawDeviation(feature)));
            _form.Apply(_raw, _liveWindow, _shadowWindow);
        }

        var start = _time.GetTimestamp();
        if (Score(_live, _liveWindow) is not { } liveScore) return null;
        _liveLatency.Add(_time.GetElapsedTime(start));
        // A failed call is a fault not found; what fails often is seen on live windows.
        var shadowScore = Score(_shadow, _shadowWindow);
        if (shadowScore is { } score && !ModelComparison.IsScore(score)) return $"A score of a window with an injected fault is {score}; it must be 0 to 1.";
        _asked++;
        _probe.Add(feature, liveScore > (float)_live.Manifest.Limit, shadowScore > (float)_shadow.Manifest.Limit);
        return null;
    }

    private float? Score(IScoringModel model, float[] window)
    {
        try
        {
            model.Score(window, 1, _answer, []);
            return _answer[0];
        }
        catch (ModelRunException)
        {
            return null;
        }
    }

    /// <summary>In the measure of the live model's own windows: one, where it normalises.</summary>
    private double LiveDeviation(int feature) => _live.Manifest.Normalisation.Kind == Normalisation.None ? _spread[feature].Deviation : 1;

    /// <summary>In the measure of the readings.</summary>
    private double RawDeviation(int feature) =>
        Static(_live.Manifest) is { } live ? live[feature] : Static(_shadow.Manifest) is { } shadow ? shadow[feature] : _spread[feature].Deviation;

    private static IReadOnlyList<double>? Static(ModelManifest manifest) =>
        manifest.Normalisation.Kind == Normalisation.Static ? manifest.Normalisation.Deviations : null;

    /// <summary>Welford's mean and variance of a stream.</summary>
    private struct Spread
    {
        private double _mean;
        private double _squares;

        public long Count { get; private set; }

        public readonly double Deviation => Count < 2 ? 0 : Math.Sqrt(_squares / (Count - 1));

        public void Add(double value)
        {
            Count++;
            var difference = value - _mean;
            _mean += difference / Count;
            _squares += difference * (value - _mean);
        }
    }
}
