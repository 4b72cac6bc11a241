using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>
/// What a module reported about one version of its desired properties, by the IoT Plug and Play convention; or <c>$edgeHub</c>, in edgeHub's own way.
/// </summary>
public sealed class Acknowledgement
{
    private const int Good = 200;
    private readonly JObject _reported;
    private readonly JObject? _settings;

    private Acknowledgement(JObject reported, JObject? settings) => (_reported, _settings) = (reported, settings);

    public bool Applied => _settings is null ? HubStatus.Value<int>("code") == Good : _settings.Value<string>("status") == "applied";

    private JObject HubStatus => (JObject)_reported["lastDesiredStatus"]!;

    /// <returns>Null while the module has not taken up that version.</returns>
    public static Acknowledgement? Find(JObject reported, long version)
    {
        if (reported["settings"] is JObject settings && settings["version"] is JValue { Value: long seen } && seen >= version)
            return new Acknowledgement(reported, settings);
        return reported["lastDesiredVersion"] is JValue { Value: long hubSeen } && hubSeen >= version && reported["lastDesiredStatus"] is JObject
            ? new Acknowledgement(reported, null)
            : null;
    }

    /// <param name="properties">Top-level properties that were changed.</param>
    public IEnumerable<string> Lines(IEnumerable<string> properties)
    {
        if (_settings is null)
        {
            yield return $"lastDesiredStatus: {HubStatus["code"]}, version {_reported["lastDesiredVersion"]}";
            if (HubStatus.Value<string>("description") is { Length: > 0 } description) yield return "  " + description;
            yield break;
        }

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
