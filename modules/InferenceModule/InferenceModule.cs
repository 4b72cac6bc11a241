using EdgeModules.Hosting;

namespace EdgeModules.Inference;

/// <summary>Takes readings on <c>readings</c>; sends what a model makes of each device's window to <c>scores</c>.</summary>
public sealed class InferenceModule : EdgeModule<InferenceSettings>
{
    public override string ReadingsInput => "readings";

    public override bool EmitsInvalid(InferenceSettings settings) => settings.EmitInvalid;
}
