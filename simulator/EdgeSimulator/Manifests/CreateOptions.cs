using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>
/// The container options of a module. Templates hold an object or its JSON as a string; manifests hold the string, cut into
/// <c>createOptions</c>, <c>createOptions01</c>, … of at most 512 characters.
/// </summary>
internal sealed class CreateOptions
{
    public const int ChunkLength = 512;

    private const string Key = "createOptions";
    private const int MostChunks = 100;

    private readonly ManifestNode _settings;

    private CreateOptions(ManifestNode settings, JObject json)
    {
        _settings = settings;
        Json = json;
    }

    public JObject Json { get; }

    /// <exception cref="SimulatorException">Neither an object nor the JSON of one.</exception>
    public static CreateOptions Read(ManifestNode settings)
    {
        settings.AllowOnly(["image", .. Keys()]);
        if (!settings.Has(Key)) return new CreateOptions(settings, []);
        if (settings.Json[Key] is JObject whole) return new CreateOptions(settings, whole);
        var text = string.Concat(Keys().Where(settings.Has).Select(key => settings.Json[key] is JValue { Value: string part }
            ? part
            : throw settings.Wrong(ManifestMistake.CreateOptions, key, "an object, or the JSON of one as a string")));
        try
        {
            return new CreateOptions(settings, text.Length == 0 ? [] : (JObject)JsonText.Parse(text));
        }
        catch (Exception error) when (error is JsonException or InvalidCastException)
        {
            throw settings.Wrong(ManifestMistake.CreateOptions, Key, $"the JSON of an object ({error.Message})");
        }
    }

    /// <summary>The variables of <c>Env</c>, which is a list of <c>NAME=value</c>.</summary>
    public Dictionary<string, string> Environment()
    {
        var variables = new Dictionary<string, string>();
        if (Json["Env"] is not { } list) return variables;
        foreach (var entry in list as JArray ?? throw _settings.Wrong(ManifestMistake.CreateOptions, Key, "options whose Env is a list of NAME=value"))
        {
            if (entry is not JValue { Value: string text } || text.IndexOf('=') is not (> 0 and var equals))
                throw _settings.Wrong(ManifestMistake.CreateOptions, Key, $"options whose Env is a list of NAME=value, not {entry.ToString(Formatting.None)}");
            variables[text[..equals]] = text[(equals + 1)..];
        }

        return variables;
    }

    /// <summary>Puts the options in their form for manifests into <paramref name="settings"/>, in place of what was there.</summary>
    public void WriteChunks(JObject settings)
    {
        foreach (var key in Keys()) settings.Remove(key);
        var chunks = Json.ToString(Formatting.None).Chunk(ChunkLength).Select(chunk => new string(chunk)).ToList();
        if (chunks.Count > MostChunks) throw _settings.Wrong(ManifestMistake.CreateOptions, Key, $"at most {ChunkLength * MostChunks} characters long");
        foreach (var (chunk, key) in chunks.Zip(Keys())) settings[key] = chunk;
    }

    private static IEnumerable<string> Keys() => Enumerable.Range(0, MostChunks).Select(index => index == 0 ? Key : $"{Key}{index:00}");
}
