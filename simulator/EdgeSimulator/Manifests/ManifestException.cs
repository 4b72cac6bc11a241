using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

public enum ManifestMistake
{
    /// <summary>What must be there is absent.</summary>
    Missing,

    /// <summary>Of another type, or not one of the values that are taken.</summary>
    Wrong,

    /// <summary>A key that means nothing where it stands.</summary>
    Unknown,

    /// <summary>A placeholder that nothing defines.</summary>
    Undefined,

    /// <summary>The name of a module.</summary>
    ModuleName,

    /// <summary>Desired properties of a module that is not deployed.</summary>
    TwinWithoutModule,

    /// <summary>A key of a layered deployment in one that is not.</summary>
    LayeredKey,

    /// <summary>A key that a layer cannot have.</summary>
    LayerKey,

    /// <summary>All the desired properties of <c>$edgeAgent</c> or <c>$edgeHub</c> in a layer.</summary>
    LayerWhole,

    /// <summary>IoT Hub does not apply the layer.</summary>
    LayerPriority,

    /// <summary>Of two layers that set the same path none has the higher priority.</summary>
    LayerConflict,

    /// <summary>Options of a container.</summary>
    CreateOptions,

    /// <summary>The text of a route.</summary>
    Route,
}

/// <summary>A mistake at one place of a manifest.</summary>
/// <param name="parent">The object that has, or should have, the property <paramref name="name"/>.</param>
/// <param name="problem">The message without the file, and without what it begins with: the path.</param>
public class ManifestException(string message, ManifestMistake mistake, JObject parent, string name, string problem, Exception? cause = null)
    : SimulatorException(message, cause!)
{
    public ManifestMistake Mistake => mistake;

    public JObject Parent => parent;

    public string Name => name;

    public string Problem => problem;
}
