using EdgeModules.Inference.Swap;
using EdgeModules.Testing;

namespace EdgeModules.Inference.Tests.Swap;

public sealed class ShadowWorkerTests : IDisposable
{
    private readonly ShadowWorker _worker = new(TimeProvider.System);
    private readonly ManualResetEventSlim _gate = new(true);

    public void Dispose()
    {
        _gate.Set();
        _worker.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public void Offer_WhenNobodyWantsWindows_AllocatesNothing()
    {
        var window = new float[6];
        Offer(window, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Offer(window, i);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);
        Assert.False(_worker.Wants);
    }

    [Fact]
    public async Task Offer_WhileTheShadowModelHangs_NeitherWaitsNorAllocatesAndCountsWhatItLeavesOut()
    {
        _gate.Reset();
        _worker.Start(Comparison());
        var slots = new ShadowQueue(6, keepsRaw: false).Slots;
        var window = new float[6];
        Offer(window, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < slots + 100; i++) Offer(window, i);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);

        // Nobody waits for the figures either.
        Assert.Equal((0, true), (_worker.Snapshot()!.Windows, _worker.Snapshot()!.Dropped > 0));
        Assert.Equal(slots + 100, await SettledAsync());
    }

    [Fact]
    public async Task Start_WhileTheModelBeforeHangs_IsNotHeldUp()
    {
        using var shut = new ManualResetEventSlim(false);
        _worker.Start(Comparison(shut));
        Offer(new float[6], 0);
        _worker.Start(Comparison());
        Offer(new float[6], 1);

        await Waiting.ForAsync(() => _worker.IsIdle, "the window is scored");
        Assert.Equal(1, _worker.Snapshot()!.Windows);
        shut.Set();
    }

    [Fact]
    public async Task Offer_OfOneWindowAfterAnother_ScoresThemAll()
    {
        _worker.Start(Comparison());
        var window = new float[6];
        for (var i = 0; i < 500; i++) Offer(window, i);

        await Waiting.ForAsync(() => _worker.Snapshot()!.Windows == 500, "all windows are scored");
        Assert.Equal(0, _worker.Snapshot()!.Dropped);
    }

    [Fact]
    public async Task Observe_WhenTheModelFails_SaysSoAfterThreeCalls()
    {
        _worker.Start(Comparison());
        var window = new float[] { FakeModel.Crash, 0, 0, 0, 0, 0 };
        for (var i = 0; i < 200; i++) Offer(window, i);

        await Waiting.ForAsync(() => _worker.Snapshot()!.Fatal is not null, "the comparison ends");
        Assert.Contains("3 calls in a row", _worker.Snapshot()!.Fatal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Observe_OfABatchWithOneWindowThatFails_CountsThatOneOnly()
    {
        _gate.Reset();
        _worker.Start(Comparison());
        for (var i = 0; i < 300; i++) Offer([i == 150 ? FakeModel.Crash : 0.1f, 0, 0, 0, 0, 0], i);
        _gate.Set();

        await Waiting.ForAsync(() => _worker.Snapshot()!.Windows == 300, "all windows are seen");
        Assert.Equal((1, null), (_worker.Snapshot()!.Errors, _worker.Snapshot()!.Fatal));
    }

    [Fact]
    public async Task Observe_OfAScoreThatIsNoNumber_EndsTheComparison()
    {
        _worker.Start(Comparison());
        Offer([FakeModel.Nan, 0, 0, 0, 0, 0], 1);

        await Waiting.ForAsync(() => _worker.Snapshot()!.Fatal is not null, "the comparison ends");
    }

    private async Task<long> SettledAsync()
    {
        _gate.Set();
        await Waiting.ForAsync(() => _worker.IsIdle, "every window is scored or left out");
        return _worker.Snapshot()!.Windows + _worker.Snapshot()!.Dropped;
    }

    private void Offer(float[] window, long timestamp) => _worker.Offer(new ScoredWindow("d", timestamp, 0.1f, window, window, []));

    private ModelComparison Comparison(ManualResetEventSlim? gate = null)
    {
        var manifest = TinyModel.Manifest();
        var plan = new ComparisonPlan(new PolicySettings { BlockSeconds = 0 }, 3, 10);
        return new ModelComparison(
            new LiveModel(manifest, null), new GatedModel(new FakeModel(manifest, new string('b', 64)), gate ?? _gate), plan, TimeProvider.System);
    }

    /// <summary>Hangs in its call while the gate is shut.</summary>
    private sealed class GatedModel(FakeModel inner, ManualResetEventSlim gate) : IScoringModel
    {
        public ModelIdentity Identity => inner.Identity;

        public EdgeModules.Models.ModelManifest Manifest => inner.Manifest;

        public bool HasContributions => false;

        public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
        {
            gate.Wait();
            inner.Score(windows, count, scores, new float[count * 2]);
        }

        public void Dispose()
        {
        }
    }
}
