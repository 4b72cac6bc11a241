using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>The scenario files, as they lie beside the test assembly.</summary>
public static class ScenarioFiles
{
    private static string Root => Path.Combine(AppContext.BaseDirectory, "scenarios");

    /// <returns>Paths below <c>scenarios/</c>, in order; never none, since a theory without cases would test nothing.</returns>
    public static IEnumerable<string> In(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Root, folder), "*.json").Select(file => $"{folder}/{Path.GetFileName(file)}").Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new ScenarioException($"There is no scenario in {folder}.");
    }

    public static Scenario Load(string file) => Scenario.Load(Path.Combine(Root, file));

    /// <summary>A part of the message with which a scenario of <c>must-fail</c> fails.</summary>
    public static string FailsWith(string file) =>
        JsonText.ParseObject(File.ReadAllBytes(Path.Combine(Root, file)))["failsWith"]?.Value<string>() ?? throw new ScenarioException($"{file} does not say how it fails.");
}
