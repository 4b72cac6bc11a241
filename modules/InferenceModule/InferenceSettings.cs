using EdgeModules.Hosting.Settings;

namespace EdgeModules.Inference;

/// <summary>The desired properties of the InferenceModule.</summary>
public sealed record InferenceSettings : ISettings<InferenceSettings>
{
    /// <summary>Whether readings that cannot be used go to the output <c>invalid</c>; they are counted in any case.</summary>
    public bool EmitInvalid { get; init; }

    public void Validate(SettingErrors errors)
    {
    }
}
