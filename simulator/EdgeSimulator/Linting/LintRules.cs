using System.Reflection;
using static EdgeSimulator.Linting.Severity;

namespace EdgeSimulator.Linting;

/// <summary>Every rule of <c>lint</c>. simulator/README.md has the same table.</summary>
internal static partial class LintRules
{
    public static readonly LintRule JsonSyntax = new(
        "json-syntax", Error, "text that is no JSON object",
        "Neither IoT Hub nor the Azure CLI reads it; nothing in the file has been checked.",
        "Correct the text at this place.");

    public static readonly LintRule JsonDuplicateKey = new(
        "json-duplicate-key", Error, "a name that an object has twice",
        "The last one wins without a word, in the tools and in IoT Hub; what the first one says is lost.",
        "Leave one of them.");

    public static readonly LintRule JsonComment = new(
        "json-comment", Error, "a comment in a manifest or a layer",
        "Comments are for templates, where `genconfig` takes them out; IoT Hub and the Azure CLI refuse them.",
        "Take the comment out.");

    public static readonly LintRule MissingKey = new(
        "missing-key", Error, "a key that must be there and is not",
        "edgeAgent or edgeHub cannot read the configuration without it, and keeps the one before.",
        "Add the key.");

    public static readonly LintRule UnknownKey = new(
        "unknown-key", Warning, "a key that means nothing where it stands",
        "Nobody reads it, so what it was to bring about does not happen; most often it is a slip of the pen.",
        "Take it out, or write the name that was meant.");

    public static readonly LintRule OlderKey = new(
        "older-key", Warning, "`moduleContent` instead of `modulesContent`",
        "Tools of the first days wrote it; IoT Hub takes `modulesContent`.",
        "Write `modulesContent`.");

    public static readonly LintRule WrongValue = new(
        "wrong-value", Error, "a value of the wrong type or out of its range",
        "edgeAgent or edgeHub refuses the whole configuration for it, and keeps the one before; at a first start it has none.",
        "Write a value that it takes.");

    public static readonly LintRule PlaceholderUndefined = new(
        "placeholder-undefined", Error, "`${NAME}` that nothing defines",
        "IoT Hub knows no placeholders: it would deploy the text as it stands, to every device.",
        "Define the name in .env or in the environment, or write the value.");

    public static readonly LintRule ModuleName = new(
        "module-name", Error, "a module whose name is not of letters, digits, `-` and `_`",
        "The name becomes an identity in IoT Hub and the name of a container, and not both take it.",
        "Rename the module, in its routes and its twin too.");

    public static readonly LintRule TwinWithoutModule = new(
        "twin-without-module", Error, "desired properties for a module that is not deployed",
        "IoT Hub refuses the deployment, or writes a twin that no module reads.",
        "Correct the name, or deploy the module.");

    public static readonly LintRule LayeredKey = new(
        "layered-key", Error, "a key of a layered deployment in a manifest that is not one",
        "IoT Hub merges such keys in layered deployments only; set on a single device they are refused.",
        "Move it into `properties.desired`, or into a layer of its own.");

    public static readonly LintRule HubNotKeptRunning = new(
        "hub-not-kept-running", Warning, "edgeHub not `running` with restart policy `always`",
        "While edgeHub is down no module can connect and no message is stored.",
        "Set status running and restartPolicy always.");

    public static readonly LintRule StartupOrderIgnored = new(
        "startup-order-ignored", Warning, "`startupOrder` where it has no effect",
        "edgeAgent itself starts before everything, and with schemaVersion 1.0 it does not know the key.",
        "Take it out, or set schemaVersion 1.1.");

    public static readonly LintRule RuntimeVersionsDiffer = new(
        "runtime-versions-differ", Warning, "edgeAgent and edgeHub of different versions",
        "They are released and tested together.",
        "Give both the same tag.");

    public static readonly LintRule RuntimeOutOfSupport = new(
        "runtime-out-of-support", Warning, "an edgeAgent or edgeHub of a version out of support",
        "Versions up to 1.5 get no security fixes any more (1.4 since November 2024, 1.5 since November 2026).",
        "Deploy 1.6.");

    public static readonly LintRule ModulesMany = new(
        "modules-many", Warning, "more than 50 modules",
        "IoT Hub keeps at most 50 modules for a device.",
        "Put several of them into one module, or onto another device.");

    public static readonly LintRule ImageTag = new(
        "image-tag", Warning, "an image without a tag, or with `latest`",
        "What is pulled depends on the day: two devices run different code under one manifest, and there is nothing to roll back to.",
        "Give the image a version as its tag, or its digest.");

    public static readonly LintRule ImageUnresolved = new(
        "image-unresolved", Error, "a placeholder of an image without a `module.json` behind it",
        "There is no image to deploy.",
        "Correct the name, or MODULES_PATH.");

    public static readonly LintRule ImagePlatform = new(
        "image-platform", Error, "an image for a platform that its `module.json` does not have",
        "No Dockerfile builds that image, so there is none to pull.",
        "Name a platform of module.json, or add the platform there.");

    public static readonly LintRule ImageOnnx = new(
        "image-onnx-platform", Error, "a module on ONNX Runtime for arm32v7 or on Alpine",
        "ONNX Runtime has no native library for 32-bit ARM, nor for musl, Alpine's C library: the module would end at its first model.",
        "Deploy it for amd64 or arm64v8, on an image with glibc.");

    public static readonly LintRule ImageNotExpanded = new(
        "image-not-expanded", Error, "a placeholder of an image in a manifest that is no template",
        "IoT Hub knows no placeholders, and the container engine cannot pull an image of that name.",
        "Make the manifest of the template: EdgeSimulator genconfig.");

    /// <remarks>Made anew each time: the order in which the fields of this class are initialised is not known.</remarks>
    public static IReadOnlyList<LintRule> All =>
    [
        .. typeof(LintRules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(rule => rule.GetValue(null)).OfType<LintRule>(),
    ];
}
