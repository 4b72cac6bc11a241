namespace EdgeModules.Hosting.Settings;

/// <summary>Which paths a settings record has.</summary>
internal static class SettingsSchema
{
    /// <param name="keys">Of a path; from the first <c>*</c> on, which stands for any key, nothing is checked.</param>
    /// <returns>Completes "it must be …"; null when there is such a setting.</returns>
    public static string? MistakeIn(Type settings, IReadOnlyList<string> keys)
    {
        var type = settings;
        for (var i = 0; i < keys.Count && keys[i] != "*"; i++)
        {
            if (ThingsOf(type) is { } thing)
            {
                type = thing;
                continue;
            }

            var above = string.Join('.', keys.Take(i));
            if (!IsRecord(type)) return $"a setting: {above} is set as a whole, there is nothing below it";
            var known = SettingsBinder.SettingsOf(type);
            if (known.FirstOrDefault(setting => setting.Key == keys[i]) is { } setting)
            {
                type = setting.Property.PropertyType;
                continue;
            }

            var nearest = Nearest(keys[i], known.Select(each => each.Key));
            return nearest is null ? "a setting" : $"a setting; the nearest is {(above.Length == 0 ? nearest : $"{above}.{nearest}")}";
        }

        return null;
    }

    /// <returns>The known key that a writer may have meant; null when none is known.</returns>
    internal static string? Nearest(string key, IEnumerable<string> known) =>
        known.OrderBy(other => other.Contains(key, StringComparison.OrdinalIgnoreCase) || key.Contains(other, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenBy(other => Distance(key.ToUpperInvariant(), other.ToUpperInvariant())).FirstOrDefault();

    private static Type? ThingsOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;

    private static bool IsRecord(Type type) =>
        type.IsClass && type != typeof(string)
        && !type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ISettingValue<>));

    /// <summary>Levenshtein's: how many letters must change, come or go.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0]++;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = corner + (one[i - 1] == other[j - 1] ? 0 : 1);
                corner = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
