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

    private ModuleTwin(JObject desired, long desiredVersion, JObject reported, long reportedVersion, JObject origin)
    {
        (_desired, DesiredVersion, _reported, ReportedVersion, _origin) = (desired, desiredVersion, reported, reportedVersion, origin);
    }

    public Lock Gate { get; } = new();

    public long DesiredVersion { get; private set; }

    public long ReportedVersion { get; private set; }

    public static ModuleTwin Create(JObject desired) => new(WithoutVersion(desired), 1, [], 1, (JObject)desired.DeepClone());

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
            (JObject)desired.DeepClone());
    }

    public byte[] Encode() => JsonText.ToUtf8(new JObject
    {
        ["desired"] = _desired,
        ["desiredVersion"] = DesiredVersion,
        ["reported"] = _reported,
        ["reportedVersion"] = ReportedVersion,
        ["origin"] = _origin,
    });

    /// <returns>As edgeHub answers a GET; a copy.</returns>
    public JObject ToJson() => new()
    {
        ["desired"] = new JObject(_desired) { [Version] = DesiredVersion },
        ["reported"] = new JObject(_reported) { [Version] = ReportedVersion },
    };

    /// <returns>The patch as it is pushed, with the new version.</returns>
    public JObject PatchDesired(JObject patch)
    {
        var change = WithoutVersion(patch);
        JsonMergePatch.Apply(_desired, change);
        DesiredVersion++;
        change[Version] = DesiredVersion;
        return change;
    }

    public void PatchReported(JObject patch)
    {
        JsonMergePatch.Apply(_reported, patch);
        ReportedVersion++;
    }

    private static JObject WithoutVersion(JObject properties)
    {
        var copy = (JObject)properties.DeepClone();
        copy.Remove(Version);
        return copy;
    }
}
