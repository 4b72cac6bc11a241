using EdgeModules.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeModules.Inference;

/// <summary>Makes models of ONNX files: one thread, which does not spin while it waits.</summary>
public sealed class OnnxModelLoader : IModelLoader
{
    public IScoringModel Load(ReadOnlyMemory<byte> model, string sha256, ModelManifest? given)
    {
        try
        {
            var description = ModelFile.Describe(model.Span);
            var manifest = given ?? description.ReadManifest()
                ?? throw new ModelLoadException($"The model has no manifest in its metadata ({ModelManifest.MetadataKey}); one must be given with it.");
            var mismatches = ModelInterface.Mismatches(description, manifest);
            if (mismatches.Count > 0) throw new ModelLoadException(string.Join(" ", mismatches));
            CheckRuntime(manifest);
            return Open(model, sha256, manifest, description.Outputs.Any(output => output.Name == ModelInterface.Contributions));
        }
        catch (ModelFormatException error)
        {
            throw new ModelLoadException(error.Message, error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelLoadException($"ONNX Runtime refuses the model: {error.Message}", error);
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            var cause = error is TypeInitializationException { InnerException: { } inner } ? inner : error;
            throw new ModelRuntimeException($"ONNX Runtime's native library cannot be loaded: {cause.Message}", error);
        }
    }

    private static OnnxModel Open(ReadOnlyMemory<byte> model, string sha256, ModelManifest manifest, bool hasContributions)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        var session = new InferenceSession(model.ToArray(), options);
        // From here on the session belongs to the model, which lets it go when its first runs fail.
        return new OnnxModel(session, new ModelIdentity(manifest.Name, manifest.Version, sha256), manifest, hasContributions);
    }

    private static void CheckRuntime(ModelManifest manifest)
    {
        var runtime = OrtEnv.Instance().GetVersionString();
        if (Version.Parse(runtime) < Version.Parse(manifest.MinimumRuntime))
            throw new ModelLoadException($"The model asks for ONNX Runtime {manifest.MinimumRuntime}; this is {runtime}.");
    }
}
