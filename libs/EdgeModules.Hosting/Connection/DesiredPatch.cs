using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>What to do with a patch of the desired properties, by what is held of them.</summary>
internal enum PatchStep
{
    Ignore,
    Apply,

    /// <summary>The patch does not follow on what is held: the whole twin is needed.</summary>
    Fetch,
}

internal static class DesiredPatch
{
    /// <param name="held">The desired properties, whole, with <c>$version</c>; null for none.</param>
    public static PatchStep StepFor(JObject? held, JObject patch)
    {
        var (heldVersion, version) = (VersionOf(held), VersionOf(patch));
        if (version < heldVersion) return PatchStep.Ignore;
        // Of the same version it is the patch that made it, or the hub's twin is not what it was.
        if (version == heldVersion) return held is null || Has(held, patch) ? PatchStep.Ignore : PatchStep.Fetch;
        return held is null || version != heldVersion + 1 ? PatchStep.Fetch : PatchStep.Apply;
    }

    public static long VersionOf(JObject? desired) => desired?["$version"]?.Value<long>() ?? 0;

    private static bool Has(JObject held, JObject patch)
    {
        var patched = (JObject)held.DeepClone();
        JsonMergePatch.Apply(patched, new JObject(patch.Properties().Where(property => !property.Name.StartsWith('$'))));
        return JToken.DeepEquals(patched, held);
    }
}
