namespace EdgeModules.Hosting.Settings;

/// <summary>
/// The desired properties of a module, bound to one immutable record with working defaults. Bound are public init properties of type
/// <c>bool</c>, <c>int</c>, <c>long</c>, <c>double</c>, <c>string</c>, enum (in camelCase), nested record, and <c>IReadOnlyDictionary&lt;string, T&gt;</c>
/// for things keyed by id; nullable where <c>null</c> or absence means something.
/// </summary>
public interface ISettings<TSelf>
    where TSelf : class, ISettings<TSelf>
{
    /// <summary>Checks every rule and stops at none.</summary>
    void Validate(SettingErrors errors);
}
