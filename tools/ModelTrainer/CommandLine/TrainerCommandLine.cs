using System.CommandLine;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary>
/// The verbs, and the one place where errors become a line and an exit code: 0 done, 1 the model is not what it must be, 2 a mistake of the user, 3 one of the
/// trainer.
/// </summary>
public sealed class TrainerCommandLine(TextWriter output, TextWriter errors)
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Internal = 3;

    public int Invoke(string[] arguments)
    {
        var root = new RootCommand(
            "Trains anomaly detectors from CSV files and writes them as ONNX models with a manifest; evaluates and inspects models. "
            + "From the sources, ModelTrainer is: dotnet run --project tools/ModelTrainer --")
        {
            TrainVerb.Create(output),
            EvaluateVerb.Create(output),
            ModelsVerb.Create(output),
            SynthesizeVerb.Create(output),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
            return Complain([string.Join(" ", parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ")).Distinct())], Usage);
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = errors });
        }
        catch (TrainerException error)
        {
            return Complain([error.Message], Usage);
        }
        catch (ModelFormatException error)
        {
            return Complain(error.Errors, Failed);
        }
        catch (Exception error)
        {
            return Complain([$"This is a fault of the trainer. {error}"], Internal);
        }
    }

    private int Complain(IEnumerable<string> messages, int exitCode)
    {
        foreach (var message in messages) errors.WriteLine($"error: {message}");
        return exitCode;
    }
}
