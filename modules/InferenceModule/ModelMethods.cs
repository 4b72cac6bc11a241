using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Inference.Swap;
using EdgeModules.Inference.Windows;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>The direct methods <c>getModels</c> and <c>scoreWindow</c>; neither changes anything.</summary>
internal static class ModelMethods
{
    /// <returns>What the module reports of the model, what the model's manifest says, and how far the rings are.</returns>
    public static JObject Describe(IScoringModel? model, Rings rings, JObject report)
    {
        var json = (JObject)report["model"]!.DeepClone();
        if (model is null) return json;
        var manifest = model.Manifest;
        json["family"] = manifest.Family;
        json["features"] = new JArray(manifest.Features.Select(feature => feature.Name));
        json["windowSize"] = manifest.Window.Size;
        json["samplePeriodMs"] = manifest.Window.SamplePeriodMs;
        json["normalisation"] = manifest.Normalisation.Kind;
        json["limit"] = manifest.Limit;
        if (manifest.DataSet is { } data) json["dataSet"] = data.Id;
        if (manifest.Training is { } training) json["training"] = training.DeepClone();
        json["devices"] = rings.Devices;
        json["warmDevices"] = rings.CountFull();
        return json;
    }

    /// <param name="payload">
    /// <c>{"deviceId"}</c> for the window that a device has now, or <c>{"window": [[value of each feature], …]}</c> with as many rows as the model's has.
    /// </param>
    public static MethodResponse ScoreWindow(JToken? payload, IScoringModel? model, Rings rings)
    {
        if (model is null) return Wrong(409, "There is no model; the reported property model says why.");
        if (payload is not JObject { Count: 1 } json) return Wrong(400, "The payload must be {\"deviceId\": \"ID\"} or {\"window\": [[…], …]}.");
        if (json["deviceId"] is JValue { Value: string deviceId }) return ScoreDevice(deviceId, model, rings);
        if (json["window"] is JArray window) return ScoreValues(window, model);
        return Wrong(400, "The payload must be {\"deviceId\": \"ID\"} or {\"window\": [[…], …]}.");
    }

    private static MethodResponse ScoreDevice(string deviceId, IScoringModel model, Rings rings)
    {
        if (!rings.TryPeek(deviceId, out var device)) return Wrong(404, $"Device {deviceId} has no ring: no reading of it has come, or it was forgotten.");
        var size = model.Manifest.Window.Size;
        if (device.Count < size) return new MethodResponse(200, new JObject { ["deviceId"] = deviceId, ["warming"] = $"{device.Count}/{size}" });
        var values = new float[model.Manifest.WindowLength];
        var isEwma = model.Manifest.Normalisation.Kind == Normalisation.Ewma;
        rings.CopyRows(device, values, normalised: isEwma);
        if (!isEwma) new Normaliser(model.Manifest.Normalisation).Apply(values);
        return Score(values, model, new JObject { ["deviceId"] = deviceId, ["timestamp"] = device.Newest, ["windowStart"] = device.Newest - device.Span });
    }

    private static MethodResponse ScoreValues(JArray window, IScoringModel model)
    {
        var manifest = model.Manifest;
        var values = new List<float>();
        foreach (var value in window.SelectMany(row => row is JArray cells ? cells : new JArray(JValue.CreateNull())))
            values.Add(SettingsBinder.TryReadNumber(value, out var number) ? (float)number : float.NaN);
        var (size, features) = (manifest.Window.Size, manifest.Features.Count);
        var isShaped = window.Count == size && window.All(row => row is JArray cells && cells.Count == features);
        if (!isShaped || !values.TrueForAll(float.IsFinite))
        {
            return Wrong(400, $"window must be an array of {size} rows, oldest first, each an array of {features} finite numbers: "
                + $"{string.Join(", ", manifest.Features.Select(feature => feature.Name))}.");
        }

        var input = values.ToArray();
        // With a baseline there is no device whose it would be: the values are taken as normalised.
        if (manifest.Normalisation.Kind != Normalisation.Ewma) new Normaliser(manifest.Normalisation).Apply(input);
        return Score(input, model, []);
    }

    private static MethodResponse Score(float[] input, IScoringModel model, JObject answer)
    {
        var scores = new float[1];
        var contributions = new float[model.HasContributions ? model.Manifest.Features.Count : 0];
        try
        {
            model.Score(input, 1, scores, contributions);
        }
        catch (ModelRunException error)
        {
            return Wrong(500, error.Message);
        }

        if (!ModelComparison.IsScore(scores[0])) return Wrong(500, $"The model's score is {scores[0]}; it must be 0 to 1.");
        answer["score"] = scores[0];
        answer["limit"] = model.Manifest.Limit;
        answer["overLimit"] = scores[0] > model.Manifest.Limit;
        answer["model"] = new JObject { ["name"] = model.Identity.Name, ["version"] = model.Identity.Version, ["sha256"] = model.Identity.Sha256 };
        if (ScoreWriter.TopOf(contributions) is { } top)
        {
            answer["topFeature"] = model.Manifest.Features[top].Name;
            answer["contributions"] = new JObject(
                contributions.Select((share, i) => new JProperty(model.Manifest.Features[i].Name, float.IsFinite(share) ? share : null)));
        }

        return new MethodResponse(200, answer);
    }

    private static MethodResponse Wrong(int status, string message) => new(status, new JObject { ["message"] = message });
}
