using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>A file of <c>scenarios/MODULE/</c>: settings, then steps in order. See scenarios/README.md for the steps.</summary>
public sealed record Scenario(string Name, JObject Settings, IReadOnlyList<JObject> Steps)
{
    private static readonly string[] KnownSteps =
        ["send", "expect", "settings", "acknowledged", "await", "ledger", "method", "response", "advanceSeconds", "restart", "kill"];

    /// <exception cref="ScenarioException">The file is no scenario.</exception>
    public static Scenario Load(string file)
    {
        var json = JsonText.ParseObject(File.ReadAllBytes(file));
        var steps = (json["steps"] as JArray ?? throw new ScenarioException($"{file} has no steps.")).Cast<JObject>().ToList();
        foreach (var key in steps.SelectMany(step => step.Properties()).Select(property => property.Name).Where(key => !KnownSteps.Contains(key)))
            throw new ScenarioException($"{file} has a step \"{key}\"; it must be one of {string.Join(", ", KnownSteps)}.");
        return new Scenario(Path.GetFileNameWithoutExtension(file), json["settings"] as JObject ?? [], steps);
    }

    public override string ToString() => Name;
}

/// <summary>A scenario came out otherwise than it says, or says something that has no meaning.</summary>
public sealed class ScenarioException(string message) : Exception(message);
