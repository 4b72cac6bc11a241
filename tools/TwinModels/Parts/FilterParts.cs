using EdgeModules.Filtering;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class FilterParts
{
    public static ModuleParts All { get; } = new(typeof(FilterModule), typeof(FilterSettings))
    {
        Outputs = [new("filtered", Array(CommonParts.Reading), "Readings that changed by more than their band, or that break a silence, as they came.")],
    };
}
