using System.Security.Cryptography;
using EdgeModules.Inference.Swap;
using EdgeModules.Models;

namespace EdgeModules.Inference.Models;

/// <summary>Gate 0: what can be said of a model's bytes without running them.</summary>
public static class Admission
{
    /// <param name="model">The very bytes that will be loaded; their hash has been checked.</param>
    /// <param name="unfit">Where a manifest does not fit the module's settings: sentences.</param>
    /// <returns>The manifest, and what is wrong: sentences, none when the model is admitted.</returns>
    public static (ModelManifest? Manifest, IReadOnlyList<string> Errors) Check(
        byte[] model, ModelSource source, PolicySettings policy, Func<ModelManifest, IReadOnlyList<string>> unfit)
    {
        var errors = new List<string>();
        if (model.LongLength > policy.MaxModelBytes)
            errors.Add($"The model has {model.LongLength} bytes; it must have at most maxModelBytes ({policy.MaxModelBytes}).");
        if (source.SizeBytes is { } size && model.Length != size)
            errors.Add($"The model has {model.Length} bytes; it must have the {size} that sizeBytes says.");
        if (policy.PublicKey is { } key && WhyNotSigned(model, source.Signature, key) is { } reason) errors.Add(reason);
        if (errors.Count > 0) return (null, errors);
        try
        {
            var description = ModelFile.Describe(model);
            if ((source.Manifest?.Manifest ?? description.ReadManifest()) is not { } manifest)
                return (null, ["The model has no manifest; it must have one within, under edge.manifest, or be given one in the twin."]);
            errors.AddRange(ModelInterface.Mismatches(description, manifest));
            errors.AddRange(unfit(manifest));
            return (manifest, errors);
        }
        catch (ModelFormatException error)
        {
            return (null, error.Errors);
        }
    }

    private static string? WhyNotSigned(byte[] model, string? signature, string publicKey)
    {
        if (signature is null) return "The model has no signature; it must have one, since policy.publicKey is set.";
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            return key.VerifyData(model, Convert.FromBase64String(signature), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                ? null
                : "The model's signature is not by the key of policy.publicKey over these bytes.";
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return $"The model's signature cannot be checked with policy.publicKey: {error.Message}";
        }
    }
}
