using System.Collections;
using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>Desired properties to a settings record and back. Strict: no type is converted to another, no key is unknown, and every error is found.</summary>
public static class SettingsBinder
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Setting>> Cache = new();

    /// <summary>A property of a settings record.</summary>
    /// <param name="Key">As the twin has it.</param>
    internal sealed record Setting(string Key, PropertyInfo Property);

    /// <summary>Reads and validates. Keys that begin with <c>$</c> or <c>x-</c> are not settings.</summary>
    /// <returns>Of no use when <paramref name="errors"/> has any.</returns>
    public static T Bind<T>(JObject desired, SettingErrors errors)
        where T : class, ISettings<T>, new()
    {
        var settings = (T)BindRecord(typeof(T), desired, errors, isRoot: true);
        foreach (var setting in desired.Properties().Where(property => !IsMetadata(property.Name))) RefuseHalfCharacters(setting, errors);
        if (errors.All.Count == 0) settings.Validate(errors);
        return settings;
    }

    /// <summary>All settings of a record, with their defaults where the twin has nothing.</summary>
    public static JObject ToJson(object settings)
    {
        var json = new JObject();
        foreach (var setting in SettingsOf(settings.GetType())) json[setting.Key] = ValueToJson(setting.Property.GetValue(settings));
        return json;
    }

    /// <summary>An id as a twin key or a path can hold it: <c>% . $ #</c> and blanks percent-encoded.</summary>
    public static string EncodeId(string id) =>
        string.Concat(id.Select(c => c == '.' ? "%2E" : c is '%' or '$' or '#' || char.IsWhiteSpace(c) ? Uri.EscapeDataString(c.ToString()) : c.ToString()));

    /// <summary>A JSON number of any size, which may come as one of several types.</summary>
    public static bool TryReadNumber(JToken value, out double number)
    {
        double? found = value is JValue { Value: var raw }
            ? raw switch
            {
                long whole => whole,
                int whole => whole,
                double real => real,
                BigInteger large => (double)large,
                _ => null,
            }
            : null;
        number = found ?? 0;
        return found is not null;
    }

    private static bool IsMetadata(string key) => key.StartsWith('$') || key.StartsWith("x-", StringComparison.Ordinal);

    /// <summary>They come by escapes such as \ud800, are no text, and would be other settings when they are read again from where they were saved.</summary>
    private static void RefuseHalfCharacters(JProperty setting, SettingErrors errors)
    {
        foreach (var token in setting.DescendantsAndSelf())
        {
            if (token is JValue { Value: string text } && !IsText(text)) errors.Add(token.Path, text, "text; half a surrogate pair is none");
            if (token is JProperty { Name: var name } && !IsText(name)) errors.Add(token.Path, name, "under a name that is text; half a surrogate pair is none");
        }
    }

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static object BindRecord(Type type, JObject json, SettingErrors errors, bool isRoot)
    {
        var record = Activator.CreateInstance(type)!;
        var settings = SettingsOf(type);
        foreach (var (key, value) in json)
        {
            if (isRoot && IsMetadata(key)) continue;
            if (settings.FirstOrDefault(setting => setting.Key == key) is not { } setting)
            {
                errors.Add(key, value, $"absent: it is no setting; the settings here are {string.Join(", ", settings.Select(s => s.Key))}");
                continue;
            }

            if (value is null or { Type: JTokenType.Null })
            {
                // In a twin null means absent, so the default stays; where null is a value, it is the default too.
                continue;
            }

            if (BindValue(setting.Property.PropertyType, value, key, errors) is { } bound) setting.Property.SetValue(record, bound);
        }

        return record;
    }

    private static object? BindValue(Type type, JToken value, string key, SettingErrors errors)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return value.Type == JTokenType.Boolean ? value.Value<bool>() : Fail("true or false");
        if (type == typeof(string)) return value.Type == JTokenType.String ? value.Value<string>() : Fail("a string");
        if (type == typeof(double))
            return TryReadNumber(value, out var real) && double.IsFinite(real) ? real : Fail("a finite number");
        if (type == typeof(long)) return Whole(long.MinValue, long.MaxValue) is { } number ? number : Fail("a whole number");
        if (type == typeof(int)) return Whole(int.MinValue, int.MaxValue) is { } small ? (int)small : Fail("a whole number");
        if (type.IsEnum) return BindEnum(type, value, key, errors);
        if (type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ISettingValue<>)))
            return type.GetMethod("FromJson", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [value, key, errors]);
        if (value is not JObject json) return Fail("an object");
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return BindDictionary(type.GetGenericArguments()[1], json, errors.Below(key));
        return BindRecord(type, json, errors.Below(key), isRoot: false);

        long? Whole(long lowest, long highest)
        {
            if (value is not JValue { Value: var raw }) return null;
            // 5.0 is a whole number to JSON, whatever the writer's language made of it.
            long? found = raw switch
            {
                long integer => integer,
                int integer => integer,
                double real when real == Math.Floor(real) && Math.Abs(real) < 1L << 53 => (long)real,
                _ => null,
            };
            return found >= lowest && found <= highest ? found : null;
        }

        object? Fail(string must)
        {
            errors.Add(key, value, must);
            return null;
        }
    }

    private static object? BindEnum(Type type, JToken value, string key, SettingErrors errors)
    {
        var names = Enum.GetNames(type).ToDictionary(SettingErrors.CamelCase);
        if (value.Type == JTokenType.String && names.TryGetValue(value.Value<string>()!, out var name)) return Enum.Parse(type, name);
        errors.Add(key, value, string.Join(" or ", names.Keys.Select(word => $"\"{word}\"")));
        return null;
    }

    private static IDictionary BindDictionary(Type valueType, JObject json, SettingErrors errors)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var (key, value) in json)
        {
            if (value is null or { Type: JTokenType.Null }) continue;
            if (BindValue(valueType, value, key, errors) is { } bound) dictionary[Uri.UnescapeDataString(key)] = bound;
        }

        return dictionary;
    }

    private static JToken ValueToJson(object? value) => value switch
    {
        null => JValue.CreateNull(),
        bool or int or long or double or string => JToken.FromObject(value),
        Enum word => SettingErrors.CamelCase(word.ToString()),
        IDictionary dictionary => new JObject(dictionary.Keys.Cast<string>().Select(id => new JProperty(EncodeId(id), ValueToJson(dictionary[id])))),
        _ when value.GetType().GetMethod("ToJson", Type.EmptyTypes) is { } toJson => (JToken)toJson.Invoke(value, null)!,
        _ => ToJson(value),
    };

    internal static IReadOnlyList<Setting> SettingsOf(Type type) => Cache.GetOrAdd(type, static type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true })
            .Select(property => new Setting(SettingErrors.CamelCase(property.Name), property)),
    ]);
}
