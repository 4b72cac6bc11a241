using EdgeModules.Inference.Swap;
using EdgeModules.Models;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>Holds a candidate in its load or in its self-test until the gate is opened; with other phases it holds nothing.</summary>
internal sealed class HeldLoader(string sha256, SwapPhase heldIn) : IModelLoader, IDisposable
{
    private readonly OnnxModelLoader _inner = new();
    private readonly ManualResetEventSlim _gate = new();

    public void Open() => _gate.Set();

    public IScoringModel Load(ReadOnlyMemory<byte> model, string loaded, ModelManifest? given)
    {
        if (loaded == sha256 && heldIn == SwapPhase.Loading) _gate.Wait();
        var result = _inner.Load(model, loaded, given);
        return loaded == sha256 && heldIn == SwapPhase.SelfTest ? new HeldModel(result, _gate) : result;
    }

    public void Dispose() => _gate.Set();

    private sealed class HeldModel(IScoringModel inner, ManualResetEventSlim gate) : IScoringModel
    {
        public ModelIdentity Identity => inner.Identity;

        public ModelManifest Manifest => inner.Manifest;

        public bool HasContributions => inner.HasContributions;

        public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
        {
            gate.Wait();
            inner.Score(windows, count, scores, contributions);
        }

        public void Dispose() => inner.Dispose();
    }
}
