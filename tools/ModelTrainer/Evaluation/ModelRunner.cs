using EdgeModules.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>The model file itself, run by ONNX Runtime as a gateway runs it: one thread, one window at a time.</summary>
internal sealed class ModelRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly float[] _window;
    private readonly OrtValue _input;
    private readonly string[] _outputs;

    /// <exception cref="TrainerException">ONNX Runtime does not take the model.</exception>
    public ModelRunner(byte[] model, ModelManifest manifest)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            _session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new TrainerException($"ONNX Runtime does not take the model. {error.Message}", error);
        }

        _window = new float[manifest.WindowLength];
        _input = OrtValue.CreateTensorValueFromMemory(_window, [1, manifest.Window.Size, manifest.Features.Count]);
        var explains = _session.OutputMetadata.ContainsKey(ModelInterface.Contributions);
        _outputs = explains ? [ModelInterface.Score, ModelInterface.Contributions] : [ModelInterface.Score];
    }

    /// <param name="window">Normalised.</param>
    public (float Score, float[] Contributions) Run(ReadOnlySpan<float> window)
    {
        window.CopyTo(_window);
        using var outputs = _session.Run(_run, [ModelInterface.Window], [_input], _outputs);
        return (outputs[0].GetTensorDataAsSpan<float>()[0], _outputs.Length > 1 ? outputs[1].GetTensorDataAsSpan<float>().ToArray() : []);
    }

    public void Dispose()
    {
        _input.Dispose();
        _run.Dispose();
        _session.Dispose();
    }
}
