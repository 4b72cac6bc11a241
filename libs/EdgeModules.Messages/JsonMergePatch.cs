using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages;

/// <summary>JSON Merge Patch (RFC 7396), the way in which twins change.</summary>
public static class JsonMergePatch
{
    /// <summary>Changes <paramref name="target"/> in place: objects merge, <c>null</c> deletes, everything else (arrays too) replaces.</summary>
    public static void Apply(JObject target, JObject patch)
    {
        foreach (var (key, change) in patch)
        {
            switch (change)
            {
                case null or { Type: JTokenType.Null }:
                    target.Remove(key);
                    break;
                case JObject nested:
                    if (target[key] is not JObject held) target[key] = held = [];
                    Apply(held, nested);
                    break;
                default:
                    target[key] = change.DeepClone();
                    break;
            }
        }
    }
}
