using System.Security.Cryptography;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tours;

/// <summary>A model of the tour, and where it can be downloaded.</summary>
public sealed record TourModel(string Name, string Version, string Sha256, long Bytes, Uri Url)
{
    /// <summary>As the desired property <c>candidate</c>.</summary>
    public JObject ToSource() => new() { ["source"] = "https", ["url"] = Url.ToString(), ["sha256"] = Sha256, ["sizeBytes"] = Bytes };

    public override string ToString() => $"{Name} {Version} ({Sha256[..12]}…)";
}

/// <summary>The models that come to take the active one's place.</summary>
/// <param name="Good">The second version that the repository ships.</param>
/// <param name="Blind">Blind to one feature.</param>
/// <param name="Sheltered">Trained, as it were, on a plant that stood still.</param>
/// <param name="Unseen">The number of the feature that the blind one does not see.</param>
public sealed record TourModels(TourModel Good, TourModel Blind, TourModel Sheltered, int Unseen)
{
    public const string BlindTo = "vibration";

    private const string GoodFile = "synthetic-1.1.0.onnx";

    /// <summary>How warm and how busy a machine is: a working one is 8 °C warmer in the end and vibrates by 15 mm/s² more.</summary>
    private static readonly Dictionary<string, double> Work = new() { ["temperature"] = 1.0 / 8, ["vibration"] = 1.0 / 15 };

    /// <summary>Machines that stand still at night stay below it, as far as the walks of the synthetic sensors go; those that work go above.</summary>
    private const double Level = 5.2;

    /// <param name="shipped">Folder of the shipped models.</param>
    /// <param name="made">Folder for those that are made here; created.</param>
    /// <param name="addressOf">File → where it can be downloaded, of a shipped one and of one that is made.</param>
    /// <exception cref="SimulatorException">A model is missing, or not as it must be.</exception>
    public static TourModels Make(string shipped, string made, Func<string, bool, Uri> addressOf)
    {
        try
        {
            var good = File.ReadAllBytes(Path.Combine(shipped, GoodFile));
            Directory.CreateDirectory(made);
            return new TourModels(
                Describe(good, addressOf(GoodFile, false)),
                Write("synthetic-1.2.0-blind.onnx", SpoiltModels.Blind(good, "1.2.0-blind", BlindTo)),
                Write("synthetic-1.3.0-weekend.onnx", SpoiltModels.Sheltered(good, "1.3.0-weekend", Work, Level)),
                ModelEdit.Open(good).IndexOf(BlindTo));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelFormatException)
        {
            throw new SimulatorException($"The models of the tour cannot be made of {Path.Combine(shipped, GoodFile)}: {error.Message}", error);
        }

        TourModel Write(string file, byte[] model)
        {
            File.WriteAllBytes(Path.Combine(made, file), model);
            return Describe(model, addressOf(file, true));
        }
    }

    private static TourModel Describe(byte[] model, Uri url)
    {
        var manifest = ModelFile.Describe(model).ReadManifest() ?? throw new ModelFormatException("The model has no manifest.");
        return new TourModel(manifest.Name, manifest.Version, Convert.ToHexStringLower(SHA256.HashData(model)), model.Length, url);
    }
}
