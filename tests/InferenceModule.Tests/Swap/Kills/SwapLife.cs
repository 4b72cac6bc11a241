using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using EdgeModules.Testing;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>One process with the real runtime of models: the swap as the module's loop drives it, windows of three devices, a clock moved by hand.</summary>
internal sealed class SwapLife(SwapStory story, KillableFolder folder, TemporaryFolder mounted, FakeTimeProvider time, int seed) : IDisposable
{
    private const int Devices = 3;

    private readonly Random _random = new(seed);
    private readonly List<string> _taken = [];
    private ModelSwap? _swap;

    public ModelSwap Swap => _swap!;

    public bool IsKilled => folder.Left is not null;

    /// <summary>Decisions whose reports were sent: the process lived on when they had been given out.</summary>
    public List<string> Told { get; } = [];

    /// <summary>In which the process is, or was when it was killed.</summary>
    public SwapPhase Phase => _swap?.Phase ?? SwapPhase.Idle;

    /// <returns>False when the process was killed.</returns>
    public bool Start(IModelLoader loader) => Survives(() =>
    {
        _swap = new ModelSwap(TestModules.Surroundings(loader, folder, time, mounted.Path), TestModules.Telemetry);
        _swap.Start(story.Policy, time.GetUtcNow());
        TakeReports();
    });

    /// <summary>Gives it the settings, and works until <paramref name="isThere"/> or the process is killed.</summary>
    public async Task RunAsync(Func<bool> isThere)
    {
        if (!Survives(() => _swap!.OnSettings(Source(SwapStory.First), Source(story.Candidate), story.Policy, null, time.GetUtcNow()))) return;
        await Waiting.ForAsync(() => IsKilled || isThere(), "the swap is there", () => Survives(Step));
    }

    public ModelSource Source(byte[] model)
    {
        var sha256 = TinyModel.Sha256(model);
        var file = $"{sha256}.onnx";
        if (!File.Exists(mounted.File(file))) File.WriteAllBytes(mounted.File(file), model);
        return new ModelSource { Source = ModelSourceKind.File, File = file, Sha256 = sha256 };
    }

    public float Score(float[] window)
    {
        var score = new float[1];
        _swap!.Live!.Score(window, 1, score, []);
        return score[0];
    }

    public void Dispose() => _swap?.Dispose();

    private void Step()
    {
        // The module's loop has sent what it took by the next step.
        Told.AddRange(_taken);
        _taken.Clear();
        _swap!.Tick(time.GetUtcNow());
        if (story.CallIn(_swap, time.GetUtcNow()) is { } call) Assert.Equal(200, _swap.Call(call, time.GetUtcNow())!.Status);
        TakeReports();
        // Time stands still for a shadow that has not had the processor yet.
        if (!((ShadowWorker)_swap.Tap).IsIdle) return;
        for (var i = 0; i < 20 && _swap.Tap.Wants; i++) Play(i);
        time.Advance(TimeSpan.FromSeconds(5));
    }

    private void Play(int number)
    {
        var window = new float[6];
        for (var index = 0; index < window.Length; index++) window[index] = (float)(_random.NextDouble() * story.ScaleIn(_swap!.Phase));
        var timestamp = time.GetUtcNow().ToUnixTimeMilliseconds() + number;
        _swap!.Tap.Offer(new ScoredWindow($"d{number % Devices}", timestamp, Score(window), window, window, []));
    }

    private void TakeReports() => _taken.AddRange(_swap!.TakeReports().Select(report => (string)report["decision"]!));

    private bool Survives(Action work)
    {
        try
        {
            work();
        }
        catch (SimulatedCrashException)
        {
            Assert.True(IsKilled);
        }

        return !IsKilled;
    }
}
