using System.CommandLine;
using System.Text;
using EdgeModules.ModelTrainer.Evaluation;
using EdgeModules.Models;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary><c>models inspect</c>, <c>models attach</c>: what a model file is, and writing into it what it is.</summary>
internal static class ModelsVerb
{
    public static Command Create(TextWriter output) => new("models", "Inspect a model file, or write a manifest into it") { Inspect(output), Attach(output) };

    /// <exception cref="TrainerException">The model has no manifest, or not one that fits it.</exception>
    public static ModelManifest ManifestOf(byte[] model, string file)
    {
        var description = ModelFile.Describe(model);
        var manifest = description.ReadManifest() ?? throw new TrainerException($"{file} has no manifest; \"models attach\" writes one into it.");
        RequireFit(description, manifest);
        return manifest;
    }

    private static Command Inspect(TextWriter output)
    {
        var file = new Argument<string>("FILE") { Description = "An ONNX model" };
        const string Description = "Print what a model is, whether it fits its manifest, and whether it gives its golden scores; exit code 1 if not";
        var verb = new Command("inspect", Description) { file };
        verb.SetAction(result =>
        {
            var model = Files.Read(result.GetRequiredValue(file));
            var description = ModelFile.Describe(model);
            Print(description, output);
            if (description.ReadManifest() is not { } manifest)
            {
                output.WriteLine("manifest     none");
                return TrainerCommandLine.Done;
            }

            output.WriteLine("manifest");
            output.WriteLine(Shortened(manifest).ToString(Formatting.Indented));
            RequireFit(description, manifest);
            output.WriteLine("interface    as the manifest says");
            return CheckGolden(model, manifest, output) ? TrainerCommandLine.Done : TrainerCommandLine.Failed;
        });
        return verb;
    }

    private static Command Attach(TextWriter output)
    {
        var model = new Argument<string>("MODEL.onnx") { Description = "An ONNX model" };
        var json = new Argument<string>("MANIFEST.json") { Description = "The manifest" };
        var target = OptionParsing.Required("--out", "FILE.onnx", "The model with the manifest; may be the same file");
        var verb = new Command("attach", "Write a manifest into a model made elsewhere, in place of any that it has") { model, json, target };
        verb.SetAction(result =>
        {
            var bytes = Files.Read(result.GetRequiredValue(model));
            var manifest = ModelManifest.Read(Encoding.UTF8.GetString(Files.Read(result.GetRequiredValue(json))));
            RequireFit(ModelFile.Describe(bytes), manifest);
            if (!CheckGolden(bytes, manifest, output)) return TrainerCommandLine.Failed;
            var attached = ModelFile.Attach(bytes, manifest);
            Files.Write(result.GetRequiredValue(target), attached);
            output.WriteLine($"{result.GetRequiredValue(target)}: {attached.Length} bytes, sha256 {ModelFile.Describe(attached).Sha256}");
            return TrainerCommandLine.Done;
        });
        return verb;
    }

    private static void RequireFit(ModelDescription model, ModelManifest manifest)
    {
        var mismatches = ModelInterface.Mismatches(model, manifest);
        if (mismatches.Count > 0) throw new ModelFormatException(mismatches);
    }

    private static void Print(ModelDescription model, TextWriter output)
    {
        output.WriteLine($"bytes        {model.Bytes}");
        output.WriteLine($"sha256       {model.Sha256}");
        output.WriteLine($"producer     {model.Producer}");
        output.WriteLine($"IR           {model.IrVersion}");
        output.WriteLine($"opsets       {string.Join(", ", model.Opsets.Select(opset => $"{opset.Key} {opset.Value}"))}");
        output.WriteLine($"operators    {string.Join(", ", model.Operators.Select(operation => $"{operation.Key} {operation.Value}"))}");
        foreach (var input in model.Inputs) output.WriteLine($"input        {input}");
        foreach (var value in model.Outputs) output.WriteLine($"output       {value}");
        output.WriteLine($"external     {(model.HasExternalData ? "yes: the model is not whole" : "no")}");
        foreach (var (key, value) in model.Metadata.Where(entry => entry.Key != ModelManifest.MetadataKey)) output.WriteLine($"metadata     {key}: {value}");
    }

    /// <summary>Golden inputs are hundreds of numbers that say nothing to a reader.</summary>
    private static JObject Shortened(ModelManifest manifest)
    {
        var json = JObject.Parse(manifest.ToJson());
        json["golden"] = $"{manifest.Golden.Count} windows with scores {string.Join(", ", manifest.Golden.Select(golden => golden.Score))}";
        return json;
    }

    private static bool CheckGolden(byte[] model, ModelManifest manifest, TextWriter output)
    {
        var wrong = GoldenCheck.Run(model, manifest);
        foreach (var error in wrong) output.WriteLine($"golden       {error}");
        if (wrong.Count == 0) output.WriteLine($"golden       {manifest.Golden.Count} of {manifest.Golden.Count} as they must be");
        return wrong.Count == 0;
    }
}
