using EdgeModules.Models;

namespace EdgeModules.Inference;

/// <summary>A model is known by its bytes.</summary>
/// <param name="Sha256">Of the model file, lower-case hexadecimal.</param>
public sealed record ModelIdentity(string Name, string Version, string Sha256);

/// <summary>
/// A loaded model. May be called and disposed on any thread: a call in progress is finished before the native session goes.
/// </summary>
public interface IScoringModel : IDisposable
{
    ModelIdentity Identity { get; }

    ModelManifest Manifest { get; }

    /// <summary>Whether <see cref="Score"/> gives contributions.</summary>
    bool HasContributions { get; }

    /// <summary>Scores windows; allocates nothing. Whatever is in the windows, it does not throw for it: NaN gives a score of NaN.</summary>
    /// <param name="windows">As many windows as <paramref name="count"/> says one after the other, each row by row with the oldest first, normalised.</param>
    /// <param name="count">0 or more.</param>
    /// <param name="scores">Takes one score a window.</param>
    /// <param name="contributions">Takes one share a window and feature; empty when they are not wanted.</param>
    /// <exception cref="ModelRunException">The call failed, or the model has been disposed.</exception>
    void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions);
}

/// <summary>Makes a model of its file.</summary>
public interface IModelLoader
{
    /// <param name="model">The very bytes whose hash is <paramref name="sha256"/>; that has been checked.</param>
    /// <param name="sha256">Lower-case hexadecimal.</param>
    /// <param name="given">The manifest of a model that has none; null to take the model's own.</param>
    /// <returns>A model that has run: the first windows do not wait for it to warm up.</returns>
    /// <exception cref="ModelLoadException">The model cannot be used; the message says why.</exception>
    /// <exception cref="ModelRuntimeException">The runtime of models cannot be used.</exception>
    IScoringModel Load(ReadOnlyMemory<byte> model, string sha256, ModelManifest? given);
}

/// <summary>A model file is not what the module can run.</summary>
public sealed class ModelLoadException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>No model can be run here, whichever it is: nothing is said of the one that was to be.</summary>
public sealed class ModelRuntimeException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A call of a model failed.</summary>
public sealed class ModelRunException(string message, Exception? cause = null) : Exception(message, cause);
