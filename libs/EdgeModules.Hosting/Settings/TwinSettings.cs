using System.Text;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>
/// The settings in force. New desired properties take their place whole or not at all; what was in force last is saved, so that a module starts with it when
/// no hub is in sight. Belongs to the pump's loop.
/// </summary>
public sealed partial class TwinSettings<TSettings>
    where TSettings : class, ISettings<TSettings>, new()
{
    private const string Document = "settings";

    private readonly IStateStore _store;
    private readonly ILogger<TwinSettings<TSettings>> _logger;
    private JObject _desired = [];
    private IReadOnlyList<SettingError> _errors = [];

    // The desired properties that Current was made of, and those that were seen last.
    private JObject _applied = [];
    private long _seenVersion = -1;

    public TwinSettings(IStateStore store, ILogger<TwinSettings<TSettings>> logger)
    {
        (_store, _logger) = (store, logger);
        Current = LoadLastGood() ?? new TSettings();
    }

    public TSettings Current { get; private set; }

    /// <summary><c>$version</c> of the desired properties in force; 0 for the defaults.</summary>
    public long Version { get; private set; }

    /// <summary>Desired properties have been seen since the start of the process.</summary>
    public bool IsFresh => _seenVersion >= 0;

    /// <summary>Whether <see cref="Apply"/> would look at these desired properties at all.</summary>
    public bool IsNew(JObject desired) => VersionOf(desired) != _seenVersion || !JToken.DeepEquals(WithoutMetadata(desired), _desired);

    /// <returns>True when <see cref="Current"/> is another record now.</returns>
    /// <exception cref="IOException">The settings are good but could not be saved; nothing changed.</exception>
    public bool Apply(JObject desired)
    {
        if (!IsNew(desired)) return false;
        var version = VersionOf(desired);
        var wanted = WithoutMetadata(desired);

        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<TSettings>(desired, errors);
        if (errors.All.Count > 0)
        {
            (_desired, _seenVersion, _errors) = (wanted, version, errors.All);
            LogRejected(version, Version, string.Join(' ', errors.All.Select(error => error.Message)));
            return false;
        }

        var changed = _seenVersion < 0 || !JToken.DeepEquals(wanted, _applied);
        if (changed || version != Version) _store.PutDocument(Document, JsonText.ToUtf8(new JObject { ["version"] = version, ["desired"] = wanted }));
        (_desired, _seenVersion, _errors) = (wanted, version, []);
        (_applied, Version) = (wanted, version);
        if (!changed) return false;
        Current = settings;
        LogApplied(version);
        return true;
    }

    /// <summary>The answer by the IoT Plug and Play convention, and <c>settings</c> with the verdict over the whole.</summary>
    public JObject Report()
    {
        var report = new JObject();
        foreach (var (key, value) in SettingsBinder.ToJson(Current))
        {
            // Null would delete the member when it is merged.
            var property = value is null or { Type: JTokenType.Null } ? [] : new JObject { ["value"] = value };
            var mistakes = _errors.Where(error => error.Path == key || error.Path.StartsWith(key + ".", StringComparison.Ordinal)).Select(error => error.Message).ToList();
            var isDesired = _desired[key] is not null;
            var waits = _errors.Count > 0 && mistakes.Count == 0 && !JToken.DeepEquals(_desired[key], _applied[key]);
            property["ac"] = mistakes.Count > 0 || waits ? 400 : isDesired ? 200 : 203;
            property["av"] = isDesired ? Math.Max(_seenVersion, 0) : 0;
            if (mistakes.Count > 0) property["ad"] = Shorten(string.Join(' ', mistakes));
            else if (waits) property["ad"] = "Not applied, because other settings of this version were rejected.";
            report[key] = property;
        }

        report["settings"] = Verdict();
        return report;
    }

    /// <returns><c>{"version":…,"status":"applied"|"rejected","errors":[…]}</c>; the version is that of the desired properties seen last.</returns>
    public JObject Verdict() => new()
    {
        ["version"] = Math.Max(_seenVersion, Version),
        ["status"] = _errors.Count == 0 ? "applied" : "rejected",
        ["errors"] = new JArray(_errors.Take(20).Select(error => Shorten(error.Message))),
    };

    private TSettings? LoadLastGood()
    {
        if (_store.GetDocument(Document) is not { } saved) return null;
        try
        {
            var document = JsonText.ParseObject(saved);
            var desired = document["desired"] as JObject ?? [];
            var errors = new SettingErrors();
            var settings = SettingsBinder.Bind<TSettings>(desired, errors);
            if (errors.All.Count == 0)
            {
                (_applied, _desired, Version) = (desired, desired, document["version"]?.Value<long>() ?? 0);
                return settings;
            }

            LogSavedUnusable(string.Join(' ', errors.All.Select(error => error.Message)));
        }
        catch (JsonException error)
        {
            LogSavedUnusable(error.Message);
        }

        return null;
    }

    private static long VersionOf(JObject desired) => desired["$version"]?.Value<long>() ?? 0;

    private static JObject WithoutMetadata(JObject desired) => new(desired.Properties().Where(property => !property.Name.StartsWith('$')));

    /// <summary>A twin takes strings of up to 4 KB.</summary>
    private static string Shorten(string text) => Encoding.UTF8.GetByteCount(text) <= 1000 ? text : text[..Math.Min(text.Length, 300)] + "…";

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied settings version {Version}.")]
    private partial void LogApplied(long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected settings version {Rejected}, kept version {Kept}. {Errors}")]
    private partial void LogRejected(long rejected, long kept, string errors);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The saved settings cannot be used by this version of the module; it starts with its defaults. {Errors}")]
    private partial void LogSavedUnusable(string errors);
}
