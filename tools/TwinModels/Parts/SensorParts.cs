using EdgeModules.Sensing;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class SensorParts
{
    public static ModuleParts All { get; } = new(typeof(SensorModule), typeof(SensorSettings))
    {
        Outputs = [new("readings", Array(CommonParts.Reading), "Readings of a file, or made-up ones.")],
        Reported =
        [
            new(
                "source",
                Object(Field("state", Enum<RunState>()), Field("mode", Enum<SourceMode>()),
                Field("readings", Long, "That it has in all, where that is known."), Field("error", Text)),
                "Where the readings come from, and how that goes."),
        ],
    };
}
