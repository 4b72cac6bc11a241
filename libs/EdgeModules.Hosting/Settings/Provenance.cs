using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>Where each value in force comes from. An object whose values are all of one source is told as one.</summary>
/// <param name="effective">What is in force, whole.</param>
/// <param name="desired">Of the version in force, without the policy.</param>
/// <param name="local">The local values in force.</param>
internal sealed class Provenance(JObject effective, JObject desired, long version, JObject defaults, LocalSettings local, LocalPolicy policy)
{
    private const string Default = "default";
    private const string Desired = "desired";
    private const string Local = "local";

    private sealed record Told(string Path, string Source, JToken? Value, JToken? Wanted, JToken? Preset, LocalValue? By);

    /// <returns>Path → <c>{"value","source","version","overrode"?}</c>, for a local value also <c>time</c> and <c>by</c>.</returns>
    public JObject ToJson() => new(
        effective.Properties()
            .SelectMany(property => Tell(
                property.Name, property.Value, SettingPath.Below(desired, property.Name), SettingPath.Below(defaults, property.Name), null))
            .Select(told => new JProperty(told.Path, Shown(told))));

    /// <param name="above">The local value of an object around this one, which is merged.</param>
    private List<Told> Tell(string path, JToken value, JToken? wanted, JToken? preset, (LocalValue By, JToken? Value)? above)
    {
        var own = local.Values.FirstOrDefault(candidate => candidate.Path.Text == path);
        (LocalValue By, JToken? Value)? mine = own is null ? above : (own, own.Value);
        var isMerged = mine is { Value: JObject } && policy.For(mine.Value.By.Path) == LocalStrategy.Merge;
        if (mine is { Value: not null } && !(isMerged && value is JObject)) return [new Told(path, Local, value, wanted, preset, mine.Value.By)];

        if (value is JObject { Count: > 0 } json && wanted is null or JObject)
        {
            var told = json.Properties().SelectMany(property => Tell(
                $"{path}.{property.Name}", property.Value, SettingPath.Below(wanted, property.Name), SettingPath.Below(preset, property.Name),
                mine is { } merged ? (merged.By, SettingPath.Below(merged.Value, property.Name)) : null)).ToList();
            if (told.Any(each => each.Source != told[0].Source) || told[0].Source == Local) return told;
            return [new Told(path, told[0].Source, value, wanted, preset, null)];
        }

        return [new Told(path, wanted is null ? Default : Desired, value, wanted, preset, null)];
    }

    private JObject Shown(Told told)
    {
        var json = new JObject { ["value"] = told.Value is null ? JValue.CreateNull() : Redaction.Of(told.Value), ["source"] = told.Source };
        json["version"] = told.Source switch
        {
            Local => told.By!.Version,
            Desired => version,
            _ => 0,
        };
        if (told.By is { } by)
        {
            json["time"] = by.Time;
            json["by"] = by.Source;
            if (told.Wanted is not null) json["overrode"] = new JObject { ["value"] = Redaction.Of(told.Wanted), ["source"] = Desired, ["version"] = version };
        }

        if (told.Source != Default && json["overrode"] is null && told.Preset is not null)
            json["overrode"] = new JObject { ["value"] = Redaction.Of(told.Preset), ["source"] = Default, ["version"] = 0 };
        return json;
    }
}
