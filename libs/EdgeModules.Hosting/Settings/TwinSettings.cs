using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>
/// The settings in force. New desired properties take their place whole or not at all; what was in force last is saved, so that a module starts with it when
/// no hub is in sight. Over them lie what an operator on site has set. Belongs to the pump's loop.
/// </summary>
public sealed partial class TwinSettings<TSettings>
    where TSettings : class, ISettings<TSettings>, new()
{
    private const string Document = "settings";

    private static readonly JObject Defaults = SettingsBinder.ToJson(new TSettings());

    private readonly IStateStore _store;
    private readonly ILogger<TwinSettings<TSettings>> _logger;
    private JObject _desired = [];
    private IReadOnlyList<SettingError> _errors = [];

    // The desired properties that Current was made of, what they say of local values, and those values.
    private JObject _applied = [];
    private LocalPolicy _policy = LocalPolicy.Read([], typeof(TSettings), new SettingErrors());
    private LocalSettings _local = LocalSettings.None;

    // Of the desired properties that were seen last.
    private long _seenVersion = -1;

    public TwinSettings(IStateStore store, ILogger<TwinSettings<TSettings>> logger)
    {
        (_store, _logger) = (store, logger);
        Current = Load();
    }

    public TSettings Current { get; private set; }

    /// <summary><c>$version</c> of the desired properties in force; 0 for the defaults.</summary>
    public long Version { get; private set; }

    /// <summary>Desired properties have been seen since the start of the process.</summary>
    public bool IsFresh => _seenVersion >= 0;

    /// <summary>Whether <see cref="Apply"/> would look at these desired properties at all.</summary>
    public bool IsNew(JObject desired) =>
        !IsNoTwin(desired) && (VersionOf(desired) != _seenVersion || !JToken.DeepEquals(WithoutMetadata(desired), _desired));

    /// <summary>What <see cref="Apply"/> would refuse these desired properties for; empty when it would take them.</summary>
    internal static IReadOnlyList<SettingError> MistakesIn(JObject desired) => Read(WithoutMetadata(desired)).Errors.All;

    /// <summary>Desired properties must be good by themselves. Then no local value holds them up: one that is not good together with them yields.</summary>
    /// <returns>True when <see cref="Current"/> is another record now.</returns>
    /// <exception cref="IOException">The settings are good but could not be saved; nothing changed.</exception>
    public bool Apply(JObject desired)
    {
        if (IsNoTwin(desired)) LogNoTwin(Version);
        if (!IsNew(desired)) return false;
        var version = VersionOf(desired);
        var wanted = WithoutMetadata(desired);
        var isOtherOfSameVersion = version == Math.Max(_seenVersion, Version) && version > 0 && !JToken.DeepEquals(wanted, _desired);

        var (plain, policy, errors) = Read(wanted);
        if (errors.All.Count > 0)
        {
            if (isOtherOfSameVersion) LogSameVersion(version);
            (_desired, _seenVersion, _errors) = (wanted, version, errors.All);
            LogRejected(version, Version, string.Join(' ', errors.All.Select(error => error.Message)));
            return false;
        }

        var (settings, local) = Settled(plain, version, policy, _local.Judged(plain, version, policy));
        var changed = _seenVersion < 0 || !JToken.DeepEquals(wanted, _applied);
        if (changed || version != Version) Save(version, wanted, local);
        if (isOtherOfSameVersion) LogSameVersion(version);
        LogConflicts(local);
        (_desired, _seenVersion, _errors) = (wanted, version, []);
        (_applied, Version, _policy, _local) = (wanted, version, policy, local);
        if (!changed) return false;
        Current = settings;
        LogApplied(version);
        return true;
    }

    /// <summary>Desired properties by themselves: the settings in them, what they say of local values, and all that is wrong.</summary>
    private static (JObject Plain, LocalPolicy Policy, SettingErrors Errors) Read(JObject wanted)
    {
        var errors = new SettingErrors();
        var plain = WithoutPolicy(wanted);
        SettingsBinder.Bind<TSettings>(plain, errors);
        return (plain, LocalPolicy.Read(wanted, typeof(TSettings), errors), errors);
    }

    private TSettings Load()
    {
        var desired = new JObject();
        if (_store.GetDocument(Document) is { } saved)
        {
            try
            {
                var document = JsonText.ParseObject(saved);
                var wanted = document["desired"] as JObject ?? [];
                var (_, policy, errors) = Read(wanted);
                if (errors.All.Count == 0) (desired, Version, _policy) = (wanted, document["version"]?.Value<long>() ?? 0, policy);
                else LogSavedUnusable(string.Join(' ', errors.All.Select(error => error.Message)));
                _local = LocalSettings.Parse(document["local"]);
            }
            catch (JsonException error)
            {
                LogSavedUnusable(error.Message);
            }
            catch (FormatException error)
            {
                LogLocalUnusable(error.Message);
            }
        }

        (_applied, _desired) = (desired, desired);
        var (settings, local) = Settled(WithoutPolicy(desired), Version, _policy, _local);
        LogConflicts(local);
        _local = local;
        return settings;
    }

    /// <summary>The local values that stand together with good desired properties, and what comes of both.</summary>
    private static (TSettings Settings, LocalSettings Local) Settled(JObject plain, long version, LocalPolicy policy, LocalSettings local)
    {
        while (true)
        {
            var errors = new SettingErrors();
            var settings = SettingsBinder.Bind<TSettings>(local.LaidOver(plain, Defaults, policy), errors);
            if (errors.All.Count == 0 || local.Values.Count == 0) return (settings, local);
            local = local.Without(errors.All, plain, version, policy);
        }
    }

    /// <summary>All in one document, so that none is ever without the other.</summary>
    private void Save(long version, JObject desired, LocalSettings local)
    {
        var document = new JObject { ["version"] = version, ["desired"] = desired };
        if (!local.IsNone) document["local"] = local.ToJson();
        _store.PutDocument(Document, JsonText.ToUtf8(document));
    }

    private void LogConflicts(LocalSettings local)
    {
        foreach (var conflict in local.Conflicts.Except(_local.Conflicts))
        {
            var told = conflict.ToJson().ToString(Formatting.None);
            LogConflict(conflict.Path.Text, conflict.Winner, told);
        }
    }

    /// <summary>While the cloud is away edgeHub answers with an empty twin if it has none stored. That is no wish to forget what is saved.</summary>
    private bool IsNoTwin(JObject desired) => Version > 0 && VersionOf(desired) == 0 && WithoutMetadata(desired).Count == 0;

    private static long VersionOf(JObject desired) => desired["$version"]?.Value<long>() ?? 0;

    private static JObject WithoutMetadata(JObject desired) => new(desired.Properties().Where(property => !property.Name.StartsWith('$')));

    private static JObject WithoutPolicy(JObject desired) => new(desired.Properties().Where(property => !LocalPolicy.IsPolicy(property.Name)));

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied settings version {Version}.")]
    private partial void LogApplied(long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected settings version {Rejected}, kept version {Kept}. {Errors}")]
    private partial void LogRejected(long rejected, long kept, string errors);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "The hub gave an empty twin without version, so it has none now; the settings of version {Version} stay in force.")]
    private partial void LogNoTwin(long version);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "The desired properties of version {Version} are others than those seen before under that version; the whole twin was fetched, and is taken as it is.")]
    private partial void LogSameVersion(long version);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "The desired value of {Path}, for which there is a local one, has changed; in force is: {Winner}. {Conflict}")]
    private partial void LogConflict(string path, string winner, string conflict);

    [LoggerMessage(Level = LogLevel.Error, Message =
        "The saved local settings cannot be used by this version of the module; it starts without them. {Cause}")]
    private partial void LogLocalUnusable(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The saved settings cannot be used by this version of the module; it starts with its defaults. {Errors}")]
    private partial void LogSavedUnusable(string errors);
}
