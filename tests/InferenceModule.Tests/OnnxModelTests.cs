using EdgeModules.Models;
using EdgeModules.Testing;

namespace EdgeModules.Inference.Tests;

public sealed class OnnxModelTests
{
    private static readonly OnnxModelLoader Loader = new();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(41)]
    [InlineData(100)]
    public void Score_AnyNumberOfWindows_GivesWhatEachGivesAlone(int count)
    {
        using var model = Load(TinyModel.Manifest());
        var windows = Random(count * 6);
        var (scores, contributions) = (new float[count], new float[count * 2]);
        model.Score(windows, count, scores, contributions);
        for (var i = 0; i < count; i++)
        {
            var window = windows.AsSpan(i * 6, 6);
            Assert.Equal(FakeModel.ScoreOf(window), scores[i], 1e-5f);
            Assert.Equal(FakeModel.ShareOf(window, 0, 2), contributions[i * 2], 1e-5f);
            Assert.Equal(1, contributions[i * 2] + contributions[i * 2 + 1], 1e-5f);
        }
    }

    [Fact]
    public void Score_NotFiniteInput_GivesNoScoreAndDoesNotThrow()
    {
        using var model = Load(TinyModel.Manifest());
        var scores = new float[1];
        model.Score([1, 2, float.NaN, 1, 2, 3], 1, scores, []);
        Assert.False(float.IsFinite(scores[0]));
    }

    [Fact]
    public void Score_SteadyState_AllocatesNothing()
    {
        using var model = Load(TinyModel.Manifest());
        var (windows, scores, contributions) = (Random(41 * 6), new float[41], new float[82]);
        for (var i = 0; i < 100; i++) model.Score(windows, 41, scores, contributions);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) model.Score(windows, 41, scores, contributions);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);
    }

    /// <summary>A call on a session that is gone would end the process.</summary>
    [Fact]
    public async Task Dispose_WhileOthersScore_LetsThemFinish()
    {
        for (var round = 0; round < 5; round++)
        {
            var model = Load(TinyModel.Manifest());
            using var started = new CountdownEvent(3);
            var workers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(() =>
            {
                var (windows, scores) = (Random(32 * 6), new float[32]);
                started.Signal();
                while (true)
                {
                    try
                    {
                        model.Score(windows, 32, scores, []);
                    }
                    catch (ModelRunException error)
                    {
                        return error.Message;
                    }

                    if (!(scores[0] is > 0 and < 1)) return "A score is wrong.";
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
            started.Wait();
            model.Dispose();
            model.Dispose();
            foreach (var message in await Task.WhenAll(workers)) Assert.Equal("Model tiny 1 has been unloaded.", message);
        }
    }

    [Fact]
    public void Load_ModelWithoutManifest_NeedsOneGiven()
    {
        var bytes = TinyModel.Bytes(null);
        Assert.Contains("has no manifest", Refused(bytes, null), StringComparison.Ordinal);
        using var model = Loader.Load(bytes, "00", TinyModel.Manifest());
        Assert.Equal(("tiny", "1", "00"), (model.Identity.Name, model.Identity.Version, model.Identity.Sha256));
        Assert.True(model.HasContributions);
    }

    [Fact]
    public void Load_ModelThatCannotRun_IsRefusedWithTheReason()
    {
        Assert.Contains("cannot be read as an ONNX model", Refused([255, 255, 255, 255], TinyModel.Manifest()), StringComparison.Ordinal);
        Assert.Contains("window", Refused(TinyModel.Bytes(null, size: 4), TinyModel.Manifest()), StringComparison.Ordinal);
        Assert.Contains("contributions", Refused(TinyModel.Bytes(null, features: 3), TinyModel.Manifest(3, null, "a", "b")), StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime refuses the model", Refused(TinyModel.Bytes(null, opset: 99), TinyModel.Manifest()), StringComparison.Ordinal);
        Assert.Contains(
            "asks for ONNX Runtime 9.0", Refused(TinyModel.Bytes(null), TinyModel.Manifest() with { MinimumRuntime = "9.0" }), StringComparison.Ordinal);
    }

    private static IScoringModel Load(ModelManifest manifest)
    {
        var bytes = TinyModel.Bytes(manifest);
        return Loader.Load(bytes, TinyModel.Sha256(bytes), given: null);
    }

    private static string Refused(byte[] bytes, ModelManifest? given) => Assert.Throws<ModelLoadException>(() => Loader.Load(bytes, "00", given)).Message;

    private static float[] Random(int length)
    {
        var chance = new Random(length);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(chance.NextDouble() * 4 - 2))];
    }
}
