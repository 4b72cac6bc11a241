using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>What a module reported about one version of its desired properties, by the IoT Plug and Play convention.</summary>
public sealed class Acknowledgement
{
    private readonly JObject _reported;
    private readonly JObject _settings;

    private Acknowledgement(JObject reported, JObject settings) => (_reported, _settings) = (reported, settings);

    public bool Applied => _settings.Value<string>("status") == "applied";

    /// <returns>Null while the module has not taken up that version.</returns>
    public static Acknowledgement? Find(JObject reported, long version) =>
        reported["settings"] is JObject settings && settings["version"] is JValue { Value: long seen } && seen >= version
            ? new Acknowledgement(reported, settings)
            : null;

    /// <param name="properties">Top-level properties that were changed.</param>
    public IEnumerable<string> Lines(IEnumerable<string> properties)
    {
        foreach (var property in properties)
        {
            yield return _reported[property] is JObject answer && answer.ContainsKey("ac")
                ? $"{property}: ac {answer["ac"]}, av {answer["av"]}{(answer.Value<string>("ad") is { Length: > 0 } text ? $", ad \"{text}\"" : "")}"
                : $"{property}: not reported";
        }

        yield return $"settings: {_settings.Value<string>("status")}, version {_settings["version"]}";
        foreach (var error in _settings["errors"] as JArray ?? [])
            yield return "  " + (error is JValue { Value: string text } ? text : error.ToString(Formatting.None));
    }
}
