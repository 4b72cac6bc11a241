using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Twins;

/// <summary>Desired and reported properties of one module with their versions; mutable, its own lock must be held.</summary>
internal sealed class ModuleTwin
{
    private const string Version = "$version";
    private readonly JObject _desired;
    private readonly JObject _reported;
    private readonly JObject _origin;

    /// <summary>The desired properties as the module last got them, with their version; null when it never did.</summary>
    private JObject? _seen;

    private ModuleTwin(JObject desired, long desiredVersion, JObject reported, long reportedVersion, JObject origin, JObject? seen)
    {
        (_desired, DesiredVersion, _reported, ReportedVersion, _origin, _seen) = (desired, desiredVersion, reported, reportedVersion, origin, seen);
    }

    public Lock Gate { get; } = new();

    public long DesiredVersion { get; private set; }

    public long ReportedVersion { get; private set; }

    public static ModuleTwin Create(JObject desired) => new(WithoutVersion(desired), 1, [], 1, (JObject)desired.DeepClone(), seen: null);

    /// <summary>
    /// The stored twin; but where the deployment's desired properties are not those it was made from, they replace its own, as a new deployment does.
    /// </summary>
    public static ModuleTwin Restore(byte[] stored, JObject desired)
    {
        var document = JsonText.ParseObject(stored);
        var origin = (JObject)document["origin"]!;
        var version = (long)document["desiredVersion"]!;
        var same = JToken.DeepEquals(origin, desired);
        return new ModuleTwin(
            same ? (JObject)document["desired"]! : WithoutVersion(desired),
            same ? version : version + 1,
            (JObject)document["reported"]!,
            (long)document["reportedVersion"]!,
            (JObject)desired.DeepClone(),
            document["seen"] as JObject);
    }

    public byte[] Encode() => JsonText.ToUtf8(new JObject
    {
        ["desired"] = _desired,
        ["desiredVersion"] = DesiredVersion,
        ["reported"] = _reported,
        ["reportedVersion"] = ReportedVersion,
        ["origin"] = _origin,
        ["seen"] = _seen,
    });

    /// <returns>As edgeHub answers a GET; a copy.</returns>
    public JObject ToJson() => new()
    {
        ["desired"] = Desired(),
        ["reported"] = new JObject(_reported) { [Version] = ReportedVersion },
    };

    /// <returns>
    /// The patch as it is pushed, with the new version. To a module that missed versions edgeHub sends all that has changed since the one it knows.
    /// </returns>
    public JObject PatchDesired(JObject patch)
    {
        var change = WithoutVersion(patch);
        JsonMergePatch.Apply(_desired, change);
        DesiredVersion++;
        change[Version] = DesiredVersion;
        return _seen is null || (long)_seen[Version]! == DesiredVersion - 1 ? change : JsonMergePatch.Diff(_seen, Desired());
    }

    /// <summary>The module has been sent the desired properties as they are now.</summary>
    /// <returns>False when it had them.</returns>
    public bool MarkSeen()
    {
        if (_seen is not null && (long)_seen[Version]! == DesiredVersion) return false;
        _seen = Desired();
        return true;
    }

    public void PatchReported(JObject patch)
    {
        JsonMergePatch.Apply(_reported, patch);
        ReportedVersion++;
    }

    private JObject Desired() => new(_desired) { [Version] = DesiredVersion };

    private static JObject WithoutVersion(JObject properties)
    {
        var copy = (JObject)properties.DeepClone();
        copy.Remove(Version);
        return copy;
    }
}
