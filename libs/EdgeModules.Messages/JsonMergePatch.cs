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

    /// <returns>The smallest patch that makes <paramref name="to"/> of <paramref name="from"/>; empty when they are equal.</returns>
    public static JObject Diff(JObject from, JObject to)
    {
        var patch = new JObject();
        foreach (var (key, wanted) in to)
        {
            if (wanted is null or { Type: JTokenType.Null }) continue;
            var held = from[key];
            if (held is JObject heldObject && wanted is JObject wantedObject)
            {
                if (Diff(heldObject, wantedObject) is { Count: > 0 } nested) patch[key] = nested;
            }
            else if (!JToken.DeepEquals(held, wanted))
            {
                patch[key] = wanted.DeepClone();
            }
        }

        foreach (var (key, _) in from)
        {
            if (to[key] is null or { Type: JTokenType.Null }) patch[key] = JValue.CreateNull();
        }

        return patch;
    }
}
