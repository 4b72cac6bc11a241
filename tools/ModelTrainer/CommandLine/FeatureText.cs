using System.Globalization;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary>A feature as it is written on a command line: <c>temperature,°C,-40,125</c>.</summary>
internal static class FeatureText
{
    /// <exception cref="TrainerException">The text is not of that shape.</exception>
    public static ModelFeature Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length is 1 or 2 or 4 && parts[0].Length > 0 && TryBound(parts, 2, out var min) && TryBound(parts, 3, out var max) && !(min >= max))
            return new ModelFeature(parts[0], parts.ElementAtOrDefault(1) is { Length: > 0 } unit ? unit : null, min, max);
        throw new TrainerException($"--feature is \"{text}\"; it must be NAME, NAME,UNIT or NAME,UNIT,MIN,MAX with numbers for the range.");
    }

    private static bool TryBound(string[] parts, int index, out double? bound)
    {
        bound = null;
        if (parts.Length <= index || parts[index].Length == 0) return true;
        if (!double.TryParse(parts[index], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return false;
        bound = number;
        return true;
    }
}
