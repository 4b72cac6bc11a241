using System.Reflection;
using System.Text.Json;
using EdgeModules.Actuating;
using EdgeModules.Alerting.Rules;
using EdgeModules.Filtering;
using EdgeModules.Hosting.Settings;
using EdgeModules.Inference;
using EdgeModules.Sensing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.TwinModels;

/// <summary>The writable properties of a settings record.</summary>
internal sealed class SettingsSchemas(XmlDocs docs)
{
    private const int MostShownDefault = 200;

    /// <summary>Settings with a JSON form of their own: the schema, and what its comment must say.</summary>
    private static readonly Dictionary<Type, Func<(JToken Schema, string? Comment)>> OwnForms = new()
    {
        [typeof(Deadband)] = () => (Schemas.Real, $$"""{{Schemas.OrAnObject}}: {"percent": number}, of the value last forwarded."""),
        [typeof(GpioLine)] = () => (
            Schemas.Object(Schemas.Field("chip", Schemas.Integer), Schemas.Field("line", Schemas.Integer), Schemas.Field("activeLow", Schemas.Flag)), null),
        [typeof(IdList)] = () => (Schemas.Array(Schemas.Text), null),
        [typeof(FeatureNames)] = () => (Schemas.Array(Schemas.Text), null),
        [typeof(RuleAction)] = () => (Schemas.Text, $$"""{{Schemas.OrAnObject}}: {"module": name, "method": name, "payload": anything}."""),
        [typeof(ZoneConditions)] = () => (Schemas.Array(Conditions()), null),
        [typeof(ModelAddress)] = () => (Schemas.Text, "Its query is never reported."),
        [typeof(GivenManifest)] = () => (Schemas.OpenObject("the manifest of a model."), null),
        [typeof(Epoch)] = () => (Schemas.Long, $"{Schemas.OrAString}: Unix milliseconds or ISO 8601."),
    };

    public IEnumerable<JObject> PropertiesOf(Type settings) => ElementsOf(settings, Activator.CreateInstance(settings)!, "Property");

    private static JObject Conditions() => Schemas.Object(
        Schemas.Field("aggregate", Schemas.Enum<ZoneAggregate>()), Schemas.Field("metric", Schemas.Text), Schemas.Field("above", Schemas.Real),
        Schemas.Field("below", Schemas.Real), Schemas.Field("hysteresis", Schemas.Real));

    /// <param name="type">Null for fields.</param>
    private IEnumerable<JObject> ElementsOf(Type record, object defaults, string? type)
    {
        var json = SettingsBinder.ToJson(defaults);
        foreach (
            var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }))
        {
            var key = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var preset = json[key] ?? throw new InvalidOperationException($"{record.Name}.{property.Name} is not in the twin as {key}.");
            var (schema, comment) = SchemaOf(property.PropertyType);
            var shown = preset.ToString(Formatting.None);
            if (preset.Type != JTokenType.Null && shown.Length <= MostShownDefault
                && !IsRecord(property.PropertyType)) comment = $"{comment} Default: {shown}.".Trim();
            var element = Schemas.Element(type, key, schema, docs.Of(property), comment);
            if (type == "Property") element["writable"] = true;
            yield return element;
        }
    }

    private (JToken Schema, string? Comment) SchemaOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return (Schemas.Flag, null);
        if (type == typeof(int)) return (Schemas.Integer, null);
        if (type == typeof(long)) return (Schemas.Long, null);
        if (type == typeof(double)) return (Schemas.Real, null);
        if (type == typeof(string)) return (Schemas.Text, null);
        if (type.IsEnum) return (EnumOf(type), null);
        if (OwnForms.TryGetValue(type, out var form)) return form();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            var (value, comment) = SchemaOf(type.GetGenericArguments()[1]);
            return (Schemas.Map(value, comment), null);
        }

        if (!IsRecord(type)) throw new InvalidOperationException($"{type.Name} has a JSON form of its own; say in {nameof(OwnForms)} what it is in DTDL.");
        return (Schemas.Object([.. ElementsOf(type, Activator.CreateInstance(type)!, null)]), null);
    }

    private JObject EnumOf(Type type) => new()
    {
        ["@type"] = "Enum",
        ["valueSchema"] = Schemas.Text,
        ["enumValues"] = new JArray(type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(value =>
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(value.Name);
            var json = new JObject { ["name"] = name, ["enumValue"] = name };
            if (docs.Of(value) is { } description) json["description"] = description;
            return json;
        })),
    };

    private static bool IsRecord(Type type) =>
        type.IsClass && type != typeof(string)
        && !type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ISettingValue<>));
}
