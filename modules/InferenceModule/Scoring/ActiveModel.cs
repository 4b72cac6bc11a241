using EdgeModules.Models;

namespace EdgeModules.Inference;

/// <summary>The model that scores, and why there is none. Belongs to the module's loop; only the fetching runs beside it.</summary>
internal sealed class ActiveModel(IModelLoader loader, ModelReader reader) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private ModelSource _wanted = new();
    private InferenceSettings? _checkedFor;
    private Task<byte[]>? _fetching;

    /// <summary>Null when there is none.</summary>
    public IScoringModel? Model { get; private set; }

    /// <summary>Why the model that the settings name does not score; null when it does.</summary>
    public string? Problem { get; private set; } = "The settings name no model (active).";

    /// <summary>When <see cref="Pursue"/> is to be called; null when there is nothing to wait for.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    /// <summary>Goes for the model that the settings name, unless it is there. One that cannot be had leaves the model before it at work.</summary>
    /// <returns>True when there is another model than before, or none any more.</returns>
    public bool Want(InferenceSettings settings, DateTimeOffset now)
    {
        if (settings.Active == _wanted && (Model is null || ReferenceEquals(settings, _checkedFor) || Misfit(Model.Manifest, settings) is null))
        {
            _checkedFor = settings;
            return false;
        }

        (_wanted, _checkedFor, _fetching) = (settings.Active, settings, null);
        if (_wanted.IsGiven) return Pursue(settings, now);
        (Problem, NextAt) = ("The settings name no model (active).", null);
        var had = Model is not null;
        Replace(null);
        return had;
    }

    /// <summary>Goes on with what <see cref="Want"/> began.</summary>
    /// <returns>As <see cref="Want"/>.</returns>
    public bool Pursue(InferenceSettings settings, DateTimeOffset now)
    {
        // A file is there at once; an address is asked beside the loop.
        _fetching ??= _wanted.Source == ModelSourceKind.Https ? Task.Run(() => reader.ReadAsync(_wanted, _end.Token)) : reader.ReadAsync(_wanted, _end.Token);
        if (!_fetching.IsCompleted)
        {
            (Problem, NextAt) = ("The model is being fetched.", now + LookAfter);
            return false;
        }

        var fetched = _fetching;
        _fetching = null;
        try
        {
            var model = loader.Load(fetched.GetAwaiter().GetResult(), _wanted.Sha256!, _wanted.Manifest?.Manifest);
            if (Misfit(model.Manifest, settings) is { } misfit)
            {
                model.Dispose();
                throw new ModelLoadException(misfit);
            }

            Use(model);
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Also of a native library that is not there: the readings are counted all the same.
            (Problem, NextAt) = (error is TypeInitializationException { InnerException: { } inner } ? inner.Message : error.Message, now + RetryAfter);
            return false;
        }
    }

    /// <summary>Puts a model in the place of the one before, which is disposed when no call is in it.</summary>
    public void Use(IScoringModel model)
    {
        (Problem, NextAt) = (null, null);
        Replace(model);
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        Replace(null);
    }

    private void Replace(IScoringModel? model)
    {
        Model?.Dispose();
        Model = model;
    }

    private static string? Misfit(ModelManifest manifest, InferenceSettings settings)
    {
        if (settings.WindowSize is { } size && size != manifest.Window.Size)
            return $"The model's window has {manifest.Window.Size} readings; the setting windowSize says {size}.";
        var names = manifest.Features.Select(feature => feature.Name);
        return settings.Features is { } features && !features.Names.SequenceEqual(names)
            ? $"The model's features are {string.Join(", ", names)}; the setting features says {string.Join(", ", features.Names)}."
            : null;
    }
}
