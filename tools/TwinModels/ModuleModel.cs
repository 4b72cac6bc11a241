using System.Runtime.CompilerServices;
using EdgeModules.Hosting;
using EdgeModules.TwinModels.Parts;
using Newtonsoft.Json.Linq;

namespace EdgeModules.TwinModels;

/// <summary>The interface of a module in DTDL v3.</summary>
internal static class ModuleModel
{
    private const string InvalidOutput = "invalid";

    public static IReadOnlyList<ModuleParts> All { get; } =
        [ActuatorParts.All, AggregatorParts.All, AlertParts.All, FilterParts.All, InferenceParts.All, SensorParts.All, UplinkParts.All];

    /// <exception cref="InvalidOperationException">What is told of the module is not what the module says of itself.</exception>
    public static JObject Of(ModuleParts parts)
    {
        var docs = new XmlDocs();
        var (id, outputs, methods) = DeclarationsOf(parts);
        var told = parts.Outputs.Concat(outputs.Contains(InvalidOutput) ? [CommonParts.Invalid] : Array.Empty<OutputPart>()).ToList();
        var commands = CommonParts.Commands.Concat(parts.Commands).ToList();
        var name = parts.Module.Name;
        Same($"The outputs of {name}", outputs, told.Select(output => output.Name));
        Same($"The methods of {name}", methods, commands.Select(command => command.Name));

        var contents = new SettingsSchemas(docs).PropertiesOf(parts.Settings)
            .Concat(CommonParts.Writable)
            .Concat(CommonParts.Reported.Concat(parts.Reported).Select(ToProperty))
            .Concat(told.Select(ToTelemetry))
            .Concat(commands.Select(ToCommand));
        return new JObject
        {
            ["@context"] = new JArray("dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"),
            ["@id"] = id,
            ["@type"] = "Interface",
            ["displayName"] = name,
            ["description"] = docs.Of(parts.Module),
            ["comment"] = "Made from the code of the module by tools/TwinModels.",
            ["contents"] = new JArray(contents),
        };
    }

    /// <summary>Constants of the class, so they can be asked of an object that no constructor has run on: those need what only a running module has.</summary>
    private static (string Id, IReadOnlyList<string> Outputs, IReadOnlyList<string> Methods) DeclarationsOf(ModuleParts parts)
    {
        var module = RuntimeHelpers.GetUninitializedObject(parts.Module);
        var id = Get<string>("ModelId") ?? throw new InvalidOperationException($"{parts.Module.Name} has no ModelId.");
        var outputs = Get<IReadOnlyCollection<string>>("Outputs")!;
        return (id, [.. outputs], [.. CommonMethods.All, .. Get<IReadOnlyCollection<string>>("Methods")!]);

        T? Get<T>(string property) => (T?)parts.Module.GetProperty(property)!.GetValue(module);
    }

    private static void Same(string what, IEnumerable<string> found, IEnumerable<string> told)
    {
        var (one, other) = (string.Join(", ", found.Order(StringComparer.Ordinal)), string.Join(", ", told.Order(StringComparer.Ordinal)));
        if (one != other) throw new InvalidOperationException($"{what} are {one}; tools/TwinModels tells {other}.");
    }

    private static JObject ToProperty(ReportedPart part) => Schemas.Element("Property", part.Name, part.Schema, part.Description, part.Comment);

    private static JObject ToTelemetry(OutputPart output) =>
        Schemas.Element("Telemetry", output.Telemetry ?? output.Name, output.Schema, output.Description, $"Output {output.Name}: the body of a message.");

    private static JObject ToCommand(CommandPart command)
    {
        var json = Schemas.Element("Command", command.Name, null, command.Description, null);
        if (command.Request is not null) json["request"] = Schemas.Element(null, "request", command.Request, null, command.RequestComment);
        json["response"] = Schemas.Element(null, "response", command.Response, null, null);
        return json;
    }
}
