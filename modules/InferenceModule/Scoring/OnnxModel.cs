using EdgeModules.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeModules.Inference;

/// <summary>
/// A model in ONNX Runtime. Inputs and outputs are bound once to memory that stays where it is, for a few sizes of batches: a call allocates nothing. A call on
/// a session that is gone would end the process, so the session goes with the last call in it.
/// </summary>
internal sealed class OnnxModel : IScoringModel
{
    private const int WarmUpRuns = 10;

    // Windows that are few are scored one by one or by eights; a batch of 32 costs about as much as four single calls of a small model.
    private static readonly int[] BatchSizes = [32, 8, 1];
    private const int MostValues = 1 << 18;

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly List<BoundBatch> _batches = [];
    private readonly Lock _call = new();
    private readonly int _length;
    private readonly int _features;

    // Those who use the session: the owner, and each call.
    private int _users = 1;
    private int _isDisposed;

    /// <exception cref="OnnxRuntimeException">The first runs failed.</exception>
    public OnnxModel(InferenceSession session, ModelIdentity identity, ModelManifest manifest, bool hasContributions)
    {
        (_session, Identity, Manifest, HasContributions) = (session, identity, manifest, hasContributions);
        (_length, _features) = (manifest.WindowLength, manifest.Features.Count);
        try
        {
            foreach (var size in BatchSizes.Where(size => size == 1 || size * _length <= MostValues))
            {
                var batch = new BoundBatch(session, size, manifest, hasContributions);
                _batches.Add(batch);
                for (var run = 0; run < WarmUpRuns; run++) session.RunWithBinding(_options, batch.Binding);
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    public ModelIdentity Identity { get; }

    public ModelManifest Manifest { get; }

    public bool HasContributions { get; }

    public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
    {
        if (windows.Length != count * _length || scores.Length < count)
            throw new ArgumentException($"There must be {count} windows of {_length} values, and room for as many scores.");
        Enter();
        try
        {
            lock (_call) Run(windows, scores, HasContributions ? contributions : [], count);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelRunException($"Model {Identity.Name} {Identity.Version} failed: {error.Message}", error);
        }
        finally
        {
            Leave();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) Leave();
    }

    private void Run(ReadOnlySpan<float> windows, Span<float> scores, Span<float> contributions, int count)
    {
        for (var done = 0; done < count;)
        {
            var batch = BatchFor(count - done);
            windows.Slice(done * _length, batch.Size * _length).CopyTo(batch.Input);
            _session.RunWithBinding(_options, batch.Binding);
            batch.Scores.CopyTo(scores[done..]);
            if (!contributions.IsEmpty) batch.Contributions.CopyTo(contributions[(done * _features)..]);
            done += batch.Size;
        }
    }

    private BoundBatch BatchFor(int windows)
    {
        foreach (var batch in _batches)
        {
            if (batch.Size <= windows) return batch;
        }

        return _batches[^1];
    }

    private void Enter()
    {
        // Once it is disposed nobody enters any more: else callers that overlap would keep it for ever.
        for (var users = Volatile.Read(ref _users); users > 0 && Volatile.Read(ref _isDisposed) == 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return;
            users = seen;
        }

        throw new ModelRunException($"Model {Identity.Name} {Identity.Version} has been unloaded.");
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) Release();
    }

    private void Release()
    {
        _batches.ForEach(batch => batch.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    /// <summary>Memory of one size, bound to the session.</summary>
    private sealed class BoundBatch : IDisposable
    {
        private readonly List<OrtValue> _values = [];

        public BoundBatch(InferenceSession session, int size, ModelManifest manifest, bool hasContributions)
        {
            Size = size;
            Input = new float[size * manifest.WindowLength];
            Scores = new float[size];
            Contributions = new float[hasContributions ? size * manifest.Features.Count : 0];
            Binding = session.CreateIoBinding();
            Binding.BindInput(ModelInterface.Window, Bind(Input, size, manifest.Window.Size, manifest.Features.Count));
            Binding.BindOutput(ModelInterface.Score, Bind(Scores, size));
            if (hasContributions) Binding.BindOutput(ModelInterface.Contributions, Bind(Contributions, size, manifest.Features.Count));
        }

        public int Size { get; }

        public float[] Input { get; }

        public float[] Scores { get; }

        public float[] Contributions { get; }

        public OrtIoBinding Binding { get; }

        public void Dispose()
        {
            Binding.Dispose();
            _values.ForEach(value => value.Dispose());
        }

        /// <remarks>The value holds the array where it is until it is disposed.</remarks>
        private OrtValue Bind(float[] memory, params long[] shape)
        {
            var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(), shape);
            _values.Add(value);
            return value;
        }
    }
}
