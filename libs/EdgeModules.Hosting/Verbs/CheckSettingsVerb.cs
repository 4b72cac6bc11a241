using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Verbs;

/// <summary>
/// <c>--check-settings</c>: would the module take these desired properties? They come on standard input; the answer is
/// <c>{"errors": [{"path": …, "message": …}]}</c>. Starts nothing and needs no environment.
/// </summary>
internal static class CheckSettingsVerb
{
    public const string Name = "--check-settings";

    /// <returns>0 when they are valid, 1 when not.</returns>
    public static async Task<int> RunAsync<TSettings>(TextReader input, TextWriter output)
        where TSettings : class, ISettings<TSettings>, new()
    {
        var errors = Check<TSettings>(await input.ReadToEndAsync());
        var told = errors.Select(error => new JObject { ["path"] = error.Path, ["message"] = error.Message });
        await output.WriteLineAsync(new JObject { ["errors"] = new JArray(told) }.ToString(Formatting.None));
        return errors.Count == 0 ? 0 : 1;
    }

    private static IReadOnlyList<SettingError> Check<TSettings>(string text)
        where TSettings : class, ISettings<TSettings>, new()
    {
        try
        {
            return JsonText.Parse(text) is JObject desired
                ? TwinSettings<TSettings>.MistakesIn(desired)
                : [new SettingError("", "The desired properties are no object; they must be a JSON object.")];
        }
        catch (JsonException error)
        {
            return [new SettingError("", $"The desired properties are no JSON; they must be a JSON object. {error.Message}")];
        }
    }
}
