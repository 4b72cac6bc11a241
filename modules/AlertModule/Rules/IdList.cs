using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Rules;

/// <summary>Ids of devices or zones: <c>["press-1", "press-2"]</c>. A patch replaces the list as a whole.</summary>
public sealed class IdList(IEnumerable<string> ids) : ISettingValue<IdList>, IEquatable<IdList>
{
    private const int MaxIds = 200;

    private readonly HashSet<string> _ids = [.. ids];

    public bool Contains(string? id) => id is not null && _ids.Contains(id);

    public static IdList? FromJson(JToken value, string key, SettingErrors errors)
    {
        const string Must = "an array of 1 to 200 ids, each a string of 1 to 128 characters";
        if (value is JArray { Count: >= 1 and <= MaxIds } array
            && array.All(id => id.Type == JTokenType.String && id.Value<string>()!.Length is >= 1 and <= 128))
        {
            return new IdList(array.Select(id => id.Value<string>()!));
        }

        errors.Add(key, value, Must);
        return null;
    }

    public JToken ToJson() => new JArray(_ids.Order(StringComparer.Ordinal));

    public bool Equals(IdList? other) => other is not null && _ids.SetEquals(other._ids);

    public override bool Equals(object? obj) => Equals(obj as IdList);

    public override int GetHashCode() => _ids.Count;
}
