using EdgeModules.Inference.Swap;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Inference.Tests.Swap;

public sealed class WatchedModelTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeModel _inner = new(TinyModel.Manifest(), new string('a', 64));
    private readonly WatchedModel _model;

    public WatchedModelTests() => _model = new WatchedModel(_inner, maxLatencyP99Ms: 10, _time);

    public void Dispose()
    {
        _model.Dispose();
        _inner.Dispose();
    }

    [Fact]
    public void Score_ThatIsNoNumber_IsFatal()
    {
        Score(0);
        Assert.Null(_model.Health.Fatal);
        Score(FakeModel.Nan);
        Assert.Contains("0 to 1", _model.Health.Fatal, StringComparison.Ordinal);
        _model.Watch(10);
        Assert.Null(_model.Health.Fatal);
    }

    [Fact]
    public void Score_OfTheUnwatchedModel_SaysNothingOfItsHealth()
    {
        _model.Unwatched.Score([FakeModel.Nan, 0, 0, 0, 0, 0], 1, new float[1], []);
        Assert.Null(_model.Health.Fatal);
    }

    [Fact]
    public void Score_ThreeFailuresInARow_AreFatalAndTwoAreNot()
    {
        Fail();
        Fail();
        Score(0);
        Fail();
        Fail();
        Assert.Null(_model.Health.Fatal);
        Fail();
        Assert.Contains("3 calls", _model.Health.Fatal, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_DuringACall_LetsTheCallEndFirst()
    {
        WatchedModel? watched = null;
        var wasDisposed = true;
        watched = new WatchedModel(new CallingBack(_inner, () =>
        {
            watched!.Dispose();
            wasDisposed = _inner.IsDisposed;
        }), 10, _time);

        watched.Score(new float[6], 1, new float[1], []);

        Assert.Equal((false, true), (wasDisposed, _inner.IsDisposed));
        Assert.Throws<ModelRunException>(() => watched.Score(new float[6], 1, new float[1], []));
    }

    private void Score(float value) => _model.Score([value, 0, 0, 0, 0, 0], 1, new float[1], []);

    private void Fail() => Assert.Throws<ModelRunException>(() => Score(FakeModel.Crash));

    /// <summary>Does something in the middle of a call.</summary>
    private sealed class CallingBack(FakeModel inner, Action during) : IScoringModel
    {
        public ModelIdentity Identity => inner.Identity;

        public EdgeModules.Models.ModelManifest Manifest => inner.Manifest;

        public bool HasContributions => false;

        public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
        {
            during();
            inner.Score(windows, count, scores, contributions);
        }

        public void Dispose() => inner.Dispose();
    }
}
