using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Models;

/// <summary>Reads on after every error; what could not be read is replaced by something that the rest can be checked against.</summary>
internal static partial class ManifestReader
{
    private const int MaxFeatures = 64;
    private const int MaxWindow = 1_024;
    private const int MaxGolden = 64;
    private const int MaxText = 256;
    private const long MaxSamplePeriodMs = 86_400_000;
    private const double MaxReadings = 1e9;

    public static ModelManifest Read(JToken json, List<string> errors)
    {
        var root = new JsonFields(json, "$", errors);
        var features = ReadFeatures(root);
        var window = ReadWindow(root.Object("window"));
        var manifest = new ModelManifest
        {
            Format = (int)root.Integer("format", 1, 1, ModelManifest.CurrentFormat, $"{ModelManifest.CurrentFormat}, the format that this version reads"),
            Name = Identifier(root, "name"),
            Version = Identifier(root, "version"),
            Family = root.OneOf("family", ModelFamilies.Foreign, ModelFamilies.All),
            Features = features,
            Window = window,
            Normalisation = ReadNormalisation(root.Object("normalisation"), features.Count),
            Limit = root.Number("limit", null, value => value is > 0 and < 1, "a number above 0 and below 1") ?? 0.5,
            DataSet = root.Has("dataSet") ? ReadDataSet(root.Object("dataSet")) : null,
            Training = root.Has("training") ? root.Object("training").Take() : null,
            Golden = ReadGolden(root, window.Size * features.Count),
            MinimumRuntime = root.Text("minimumRuntime", ModelManifest.DefaultMinimumRuntime, text => RuntimeVersion().IsMatch(text), "a version as \"1.17\""),
        };
        root.RejectOthers();
        return manifest;
    }

    private static string Identifier(JsonFields fields, string key) =>
        fields.Text(key, null, text => Identifiers().IsMatch(text), "1 to 64 of A-Z a-z 0-9 . _ -");

    private static List<ModelFeature> ReadFeatures(JsonFields root)
    {
        var features = new List<ModelFeature>();
        foreach (var item in root.Items("features", isRequired: true, 1, MaxFeatures))
        {
            var fields = new JsonFields(item.Value, item.Path, root.Errors);
            var feature = new ModelFeature(
                fields.Text("name", null, text => text.Length is >= 1 and <= 128, "the name of a metric, 1 to 128 characters"),
                fields.Has("unit") ? fields.Text("unit", null, text => text.Length <= MaxText, $"at most {MaxText} characters") : null,
                fields.Has("min") ? fields.Number("min", null, double.IsFinite, "a finite number") : null,
                fields.Has("max") ? fields.Number("max", null, double.IsFinite, "a finite number") : null);
            if (feature.Min >= feature.Max) fields.Add("max", $"greater than min ({JsonFields.Show(feature.Min)})");
            if (features.Any(other => other.Name == feature.Name && feature.Name.Length > 0)) fields.Add("name", "different from the names before it");
            fields.RejectOthers();
            features.Add(feature);
        }

        return features;
    }

    private static ModelWindow ReadWindow(JsonFields fields)
    {
        var window = new ModelWindow(
            (int)fields.Integer("size", null, 1, MaxWindow, $"a whole number from 1 to {MaxWindow}"),
            fields.Integer("samplePeriodMs", 0, 0, MaxSamplePeriodMs, $"a whole number from 0 (any) to {MaxSamplePeriodMs}"));
        fields.RejectOthers();
        return window;
    }

    private static Normalisation ReadNormalisation(JsonFields fields, int features)
    {
        var kind = fields.OneOf("kind", null, Normalisation.Kinds);
        var isStatic = kind == Normalisation.Static;
        var isEwma = kind == Normalisation.Ewma;
        var normalisation = new Normalisation
        {
            Kind = kind,
            Means = isStatic ? Numbers(fields, "means", features, double.IsFinite, "a finite number") : null,
            Deviations = isStatic || (isEwma && fields.Has("deviations"))
                ? Numbers(fields, "deviations", features, value => value > 0 && double.IsFinite(value), "a finite number above 0")
                : null,
            HalfLifeReadings = isEwma && fields.Has("halfLifeReadings")
                ? fields.Number("halfLifeReadings", null, value => value is >= 1 and <= MaxReadings, "a number from 1 to 1000000000")
                : null,
            FreezeReadings = isEwma && fields.Has("freezeReadings")
                ? (int)fields.Integer("freezeReadings", null, 0, (long)MaxReadings, "a whole number from 0 to 1000000000")
                : null,
        };
        fields.RejectOthers($"absent with kind {kind}, or spelt as the documentation has it");
        return normalisation;
    }

    private static DataSetInfo ReadDataSet(JsonFields fields)
    {
        var data = new DataSetInfo(
            fields.Text("id", null, text => text.Length is >= 1 and <= MaxText, $"1 to {MaxText} characters"),
            fields.Text("sha256", null, text => Sha256().IsMatch(text), "64 digits of 0-9 a-f"),
            fields.Integer("rows", null, 0, long.MaxValue, "a whole number, 0 or more"),
            fields.Has("from") ? fields.Text("from", null, text => text.Length <= MaxText, $"at most {MaxText} characters") : null,
            fields.Has("to") ? fields.Text("to", null, text => text.Length <= MaxText, $"at most {MaxText} characters") : null);
        fields.RejectOthers();
        return data;
    }

    private static List<GoldenVector> ReadGolden(JsonFields root, int length)
    {
        var vectors = new List<GoldenVector>();
        foreach (var item in root.Items("golden", isRequired: false, 0, MaxGolden))
        {
            var fields = new JsonFields(item.Value, item.Path, root.Errors);
            var input = Numbers(fields, "input", length, value => float.IsFinite((float)value), "a finite number");
            vectors.Add(new GoldenVector(
                [.. input.Select(value => (float)value)],
                fields.Number("score", null, value => value is >= 0 and <= 1, "a number from 0 to 1") ?? 0,
                fields.Number("tolerance", GoldenVector.DefaultTolerance, value => value is > 0 and <= 1, "a number above 0, at most 1") ?? 0));
            fields.RejectOthers();
        }

        return vectors;
    }

    /// <param name="count">0 when it is not known, since what it follows from is wrong itself.</param>
    private static List<double> Numbers(JsonFields fields, string key, int count, Predicate<double> holds, string must)
    {
        var numbers = new List<double>();
        foreach (var item in fields.Items(key, isRequired: true, count, count > 0 ? count : int.MaxValue))
        {
            if (JsonFields.ToNumber(item.Value) is { } number && holds(number)) numbers.Add(number);
            else fields.AddAt(item.Path, item.Value, must);
        }

        return numbers;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Identifiers();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Sha256();

    [GeneratedRegex(@"\A\d{1,4}\.\d{1,4}(\.\d{1,4})?\z")]
    private static partial Regex RuntimeVersion();
}
