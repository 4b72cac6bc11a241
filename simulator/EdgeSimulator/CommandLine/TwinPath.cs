using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.CommandLine;

/// <summary>Twin changes as they are typed: <c>deadbands.temperature=5</c>.</summary>
public static class TwinPath
{
    /// <param name="assignment"><c>path=value</c>; the value is JSON, else a text as it stands; <c>null</c> removes the property.</param>
    /// <returns>The merge patch <c>{"deadbands":{"temperature":5}}</c>.</returns>
    /// <exception cref="SimulatorException">Not of that shape.</exception>
    public static JObject Parse(string assignment)
    {
        var equals = assignment.IndexOf('=');
        var segments = equals < 0 ? [] : assignment[..equals].Split('.');
        if (segments.Length == 0 || segments.Any(segment => segment.Length == 0 || segment.Any(c => char.IsWhiteSpace(c) || c is '$' or '#')))
        {
            throw new SimulatorException(
                $"\"{assignment}\" must be path=value, with a path like deadbands.temperature; in a key % . $ # and blanks are percent-encoded.");
        }

        JToken patch = ParseValue(assignment[(equals + 1)..]);
        foreach (var segment in segments.Reverse()) patch = new JObject { [segment] = patch };
        return (JObject)patch;
    }

    /// <summary>Several assignments as one patch; of two that set the same, the later one counts.</summary>
    public static JObject ParseAll(IEnumerable<string> assignments)
    {
        // A null must stay in the patch, where it removes a property.
        var rules = new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace, MergeNullValueHandling = MergeNullValueHandling.Merge };
        var whole = new JObject();
        foreach (var assignment in assignments) whole.Merge(Parse(assignment), rules);
        return whole;
    }

    /// <param name="assignment"><c>MODULE.path=value</c>.</param>
    public static (string Module, JObject Patch) ParseWithModule(string assignment)
    {
        var equals = assignment.IndexOf('=');
        var dot = assignment.IndexOf('.');
        return dot > 0 && dot < equals
            ? (assignment[..dot], Parse(assignment[(dot + 1)..]))
            : throw new SimulatorException($"--set \"{assignment}\" must be MODULE.path=value, like FilterModule.deadbands.temperature=5.");
    }

    private static JToken ParseValue(string text)
    {
        try
        {
            return JsonText.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
