using System.Runtime.CompilerServices;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>What is wrong with new settings: all of it, each with the path of the setting, the value found, and what it must be.</summary>
public sealed class SettingErrors
{
    private readonly List<SettingError> _errors;
    private readonly string _prefix;

    public SettingErrors() : this([], "")
    {
    }

    private SettingErrors(List<SettingError> errors, string prefix) => (_errors, _prefix) = (errors, prefix);

    public IReadOnlyList<SettingError> All => _errors;

    /// <param name="value">The setting itself: its name is taken from the argument's text.</param>
    /// <param name="must">Completes "it must be …".</param>
    public void Require(bool holds, object? value, string must, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!holds) Add(CamelCase(name[(name.LastIndexOf('.') + 1)..]), value, must);
    }

    /// <param name="key">The setting's key as the twin has it.</param>
    /// <param name="value">What was found; JSON is shown as it is, so that <c>"5"</c> and <c>5</c> differ, but for secrets in it.</param>
    public void Add(string key, object? value, string must)
    {
        var shown = value switch
        {
            null => "null",
            string text => $"\"{Shorten(text)}\"",
            JValue { Value: string text } => $"\"{Shorten(text)}\"",
            JToken json => Shorten(json.ToString(Formatting.None)),
            _ => value.ToString(),
        };
        var path = _prefix + key;
        _errors.Add(new SettingError(path, $"{path} is {shown}; it must be {must}."));
    }

    /// <summary>The same list, for the settings below <paramref name="key"/>.</summary>
    public SettingErrors Below(string key) => new(_errors, $"{_prefix}{key}.");

    private static string Shorten(string text)
    {
        // What is cut off first might be what says that the rest is secret.
        text = Redaction.Of(text);
        return text.Length <= 100 ? text : text[..(char.IsHighSurrogate(text[99]) ? 99 : 100)] + "…";
    }

    internal static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}

/// <param name="Path">Dotted, from the root of the desired properties.</param>
/// <param name="Message">A sentence that names the path.</param>
public readonly record struct SettingError(string Path, string Message);
