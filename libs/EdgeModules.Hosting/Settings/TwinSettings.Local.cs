using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <content>What an operator on site sets.</content>
public sealed partial class TwinSettings<TSettings>
{
    /// <summary>How often local settings were changed.</summary>
    public long LocalVersion => _local.Version;

    /// <summary>Sets local values over the settings in force; all of them or none.</summary>
    /// <param name="values">Path → value.</param>
    /// <param name="source">Who sets them.</param>
    /// <returns>What is wrong; nothing has changed when that is anything.</returns>
    /// <exception cref="IOException">They cannot be saved; nothing changed.</exception>
    public IReadOnlyList<SettingError> SetLocal(JObject values, string source, DateTimeOffset now)
    {
        var errors = new SettingErrors();
        var plain = WithoutPolicy(_applied);
        var added = new List<LocalValue>();
        foreach (var (key, value) in values)
        {
            if (LocalRequest.ReadPath(key, value!, typeof(TSettings), errors) is not { } path) continue;
            if (added.Find(other => other.Path.Covers(path) || path.Covers(other.Path)) is { } other)
                errors.Add(key, value, $"neither at, nor above, nor below {other.Path.Text}, which is set by the same call");
            else if (_local.Values.FirstOrDefault(held => held.Path.Covers(path) && held.Path != path) is { } above)
                errors.Add(key, value, $"below no local value: {above.Path.Text} has one; set that whole, or clear it first");
            var over = new DesiredValue(Version, path.In(plain)?.DeepClone(), _policy.ModifiedOf(path));
            added.Add(new LocalValue(path, value!.DeepClone(), _local.Version + 1, now.ToUnixTimeMilliseconds(), source, over));
        }

        if (errors.All.Count > 0) return errors.All;
        var local = _local.With(added);
        errors.Require(local.Values.Count <= LocalSettings.MostPaths, local.Values.Count, $"at most {LocalSettings.MostPaths}", "localPaths");
        errors.Require(
            local.Bytes <= LocalSettings.MostBytes, local.Bytes, $"at most {LocalSettings.MostBytes}: paths and values of all local settings as JSON", "localBytes");
        if (errors.All.Count > 0 || !TryChange(local, errors)) return errors.All;
        var paths = string.Join(", ", added.Select(value => value.Path.Text));
        LogLocalSet(local.Version, paths, source);
        return [];
    }

    /// <summary>Takes local values back, and the reports of conflicts, at and below some paths; all of them or none.</summary>
    /// <param name="paths">Null for all.</param>
    /// <inheritdoc cref="SetLocal"/>
    public IReadOnlyList<SettingError> ClearLocal(IReadOnlyList<string>? paths)
    {
        var errors = new SettingErrors();
        var held = _local.Values.Select(value => value.Path).Concat(_local.Conflicts.Select(conflict => conflict.Path)).Distinct().ToList();
        var cleared = new List<SettingPath>();
        foreach (var text in paths ?? [.. held.Select(path => path.Text)])
        {
            if (SettingPath.TryParse(text) is { } path && held.Exists(path.Covers)) cleared.Add(path);
            else errors.Add("paths", text, held.Count == 0 ? "absent: there are no local values" : $"at or above one of {string.Join(", ", held.Take(20))}");
        }

        if (errors.All.Count > 0 || cleared.Count == 0) return errors.All;
        var local = _local.Without(cleared);
        if (!TryChange(local, errors)) return errors.All;
        var told = string.Join(", ", cleared.Select(path => path.Text));
        LogLocalCleared(local.Version, told);
        return [];
    }

    private bool TryChange(LocalSettings local, SettingErrors errors)
    {
        var settings = SettingsBinder.Bind<TSettings>(local.LaidOver(WithoutPolicy(_applied), Defaults, _policy), errors);
        if (errors.All.Count > 0) return false;
        Save(Version, _applied, local);
        (Current, _local) = (settings, local);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Local settings version {Version}: {Paths} set by {Source}.")]
    private partial void LogLocalSet(long version, string paths, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "Local settings version {Version}: {Paths} taken back.")]
    private partial void LogLocalCleared(long version, string paths);
}
