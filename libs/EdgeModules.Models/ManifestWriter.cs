using Newtonsoft.Json.Linq;

namespace EdgeModules.Models;

internal static class ManifestWriter
{
    public static JObject ToJson(ModelManifest manifest)
    {
        var json = new JObject
        {
            ["format"] = manifest.Format,
            ["name"] = manifest.Name,
            ["version"] = manifest.Version,
            ["family"] = manifest.Family,
            ["features"] = new JArray(manifest.Features.Select(feature =>
                Of(("name", feature.Name), ("unit", feature.Unit), ("min", feature.Min), ("max", feature.Max)))),
            ["window"] = Of(("size", manifest.Window.Size), ("samplePeriodMs", manifest.Window.SamplePeriodMs)),
            ["normalisation"] = ToJson(manifest.Normalisation),
            ["limit"] = manifest.Limit,
        };
        if (manifest.DataSet is { } data)
            json["dataSet"] = Of(("id", data.Id), ("sha256", data.Sha256), ("rows", data.Rows), ("from", data.From), ("to", data.To));
        if (manifest.Training is { } training) json["training"] = training.DeepClone();
        json["golden"] = new JArray(manifest.Golden.Select(ToJson));
        json["minimumRuntime"] = manifest.MinimumRuntime;
        return json;
    }

    private static JObject ToJson(Normalisation normalisation) => Of(
        ("kind", normalisation.Kind),
        ("means", Array(normalisation.Means)),
        ("deviations", Array(normalisation.Deviations)),
        ("halfLifeReadings", normalisation.HalfLifeReadings),
        ("freezeReadings", normalisation.FreezeReadings));

    private static JObject ToJson(GoldenVector vector) =>
        Of(("input", new JArray(vector.Input.Select(value => new JValue(value)))), ("score", vector.Score), ("tolerance", vector.Tolerance));

    private static JArray? Array(IEnumerable<double>? values) => values is null ? null : new JArray(values.Select(value => new JValue(value)));

    private static JObject Of(params (string Key, object? Value)[] fields)
    {
        var json = new JObject();
        foreach (var (key, value) in fields.Where(field => field.Value is not null)) json[key] = value as JToken ?? new JValue(value);
        return json;
    }
}
