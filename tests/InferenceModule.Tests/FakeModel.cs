using System.Collections.Concurrent;
using EdgeModules.Models;

namespace EdgeModules.Inference.Tests;

/// <summary>What <see cref="TinyModel"/> computes, in C#; and what goes wrong, by the value of a window's first cell.</summary>
internal sealed class FakeModel(ModelManifest manifest, string sha256) : IScoringModel
{
    /// <summary>The call fails.</summary>
    public const float Crash = 666;

    /// <summary>The score is NaN.</summary>
    public const float Nan = 667;

    public ModelIdentity Identity { get; } = new(manifest.Name, manifest.Version, sha256);

    public ModelManifest Manifest => manifest;

    public bool HasContributions => true;

    public bool IsDisposed { get; private set; }

    public List<int> Calls { get; } = [];

    /// <summary>The windows that it was asked for, oldest value first.</summary>
    public ConcurrentQueue<string> Seen { get; } = [];

    public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
    {
        Calls.Add(count);
        var (length, features) = (manifest.WindowLength, manifest.Features.Count);
        for (var i = 0; i < count; i++)
        {
            var window = windows.Slice(i * length, length);
            Seen.Enqueue(string.Join(' ', window.ToArray()));
            if (window.Contains(Crash)) throw new ModelRunException("It crashed.");
            scores[i] = window.Contains(Nan) ? float.NaN : ScoreOf(window);
            for (var feature = 0; feature < features && !contributions.IsEmpty; feature++)
                contributions[i * features + feature] = ShareOf(window, feature, features);
        }
    }

    public static float ScoreOf(ReadOnlySpan<float> window)
    {
        var error = 0f;
        foreach (var value in window) error += Math.Abs(value);
        error /= window.Length;
        return error / (error + TinyModel.Constant);
    }

    public static float ShareOf(ReadOnlySpan<float> window, int feature, int features)
    {
        var (own, all) = (1e-9f, 1e-9f);
        for (var i = 0; i < window.Length; i++)
        {
            all += Math.Abs(window[i]);
            if (i % features == feature) own += Math.Abs(window[i]);
        }

        return own / all;
    }

    public void Dispose() => IsDisposed = true;
}

/// <summary>Gives fake models with the manifest of the file, or that which the settings give.</summary>
internal sealed class FakeLoader : IModelLoader
{
    public string? Refusal { get; set; }

    public bool IsRuntimeMissing { get; set; }

    /// <summary>In order; also on other threads than the test's.</summary>
    public ConcurrentQueue<FakeModel> Loaded { get; } = [];

    public IScoringModel Load(ReadOnlyMemory<byte> model, string sha256, ModelManifest? given)
    {
        if (IsRuntimeMissing) throw new ModelRuntimeException("There is no runtime.");
        if (Refusal is not null) throw new ModelLoadException(Refusal);
        var loaded = new FakeModel(given ?? ModelFile.Describe(model.Span).ReadManifest()!, sha256);
        Loaded.Enqueue(loaded);
        return loaded;
    }
}
