using static EdgeSimulator.Linting.Severity;

namespace EdgeSimulator.Linting;

internal static partial class LintRules
{
    public static readonly LintRule TwinKey = new(
        "twin-key", Error, "a key of a twin with a blank, a control character, `.`, `$` or `#`, or over 1 KB",
        "IoT Hub refuses the whole deployment; # passes there, and edgeHub refuses it in what the module reports back.",
        "Percent-encode it: %2E for a dot, %20 for a blank.");

    public static readonly LintRule TwinDepth = new(
        "twin-depth", Error, "desired properties deeper than 10 levels",
        "IoT Hub refuses the whole deployment.",
        "Make the object flatter.");

    public static readonly LintRule TwinString = new(
        "twin-string", Error, "a text of more than 4 KB",
        "IoT Hub refuses the whole deployment.",
        "Shorten it, or let the module fetch it from a file.");

    public static readonly LintRule TwinInteger = new(
        "twin-integer", Error, "an integer beyond 2^52",
        "IoT Hub refuses the whole deployment.",
        "Write it as text, or smaller.");

    public static readonly LintRule TwinArrayNull = new(
        "twin-array-null", Error, "null inside an array",
        "IoT Hub refuses the whole deployment: null means \"remove\" in a twin, and nothing can be removed from an array.",
        "Take it out; things that come and go are better kept in an object by id.");

    public static readonly LintRule TwinSize = new(
        "twin-size", Error, "desired properties of more than 32 KB",
        "IoT Hub refuses the whole deployment. It counts keys and texts in UTF-8, 8 bytes for a number and 4 for a boolean; createOptions count too.",
        "Shorten them; createOptions that all modules share belong into the container engine's defaults.");

    public static readonly LintRule SettingsRefused = new(
        "settings-refused", Error, "settings that the module itself refuses",
        "The module keeps its last good settings and runs on, and reports status 400: the change never comes.",
        "Correct the setting.");

    public static readonly LintRule SettingsUnchecked = new(
        "settings-unchecked", Warning, "a module of this solution that cannot be asked",
        "Its settings, inputs and outputs have not been checked: its own program does that, and cannot be run.",
        "Build the module first: dotnet build.");

    public static readonly LintRule LayerKey = new(
        "layer-key", Error, "a key that a layer cannot have",
        "IoT Hub merges `properties.desired.modules.X` of `$edgeAgent`, `properties.desired.routes.X` of `$edgeHub`, and `properties.desired` "
        + "or a path below it of modules; all else belongs into the base.",
        "Move it into the base deployment.");

    public static readonly LintRule LayerWhole = new(
        "layer-whole", Error, "the whole `properties.desired` of `$edgeAgent` or `$edgeHub` in a layer",
        "A layer with it is a base deployment: it takes the place of all that is below it.",
        "Write one key for each module and route: properties.desired.modules.X.");

    public static readonly LintRule LayerPriority = new(
        "layer-priority", Error, "a layer whose priority is no integer from 0 on, or not above its base's",
        "IoT Hub lays over a base only what has a higher priority; a layer with a lower one has no effect.",
        "Give the layer a priority above that of its base.");

    public static readonly LintRule LayerTarget = new(
        "layer-target", Warning, "a layer without a target condition",
        "An automatic deployment without one applies to no device.",
        "Add targetCondition, such as tags.role='gateway'.");

    public static readonly LintRule LayerSamePriority = new(
        "layer-same-priority", Error, "two layers of one priority that set the same thing",
        "IoT Hub lets the one win that was made later, which no file says.",
        "Give them different priorities.");
}
