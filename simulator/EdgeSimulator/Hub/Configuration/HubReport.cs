using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Configuration;

/// <summary>The reported properties of <c>$edgeHub</c>, as patches.</summary>
internal static class HubReport
{
    private const string SchemaVersion = "1.0";

    /// <summary>What the hub says first: who was connected to an earlier process is forgotten.</summary>
    public static JObject Started() => new()
    {
        ["schemaVersion"] = SchemaVersion,
        ["version"] = new JObject { ["version"] = "1.6.1", ["build"] = "EdgeSimulator", ["commit"] = "" },
        ["clients"] = null,
    };

    public static JObject Applied(long version) => Desired(version, 200, "");

    public static JObject Rejected(long version, string error) => Desired(version, 400, $"Error while parsing desired properties - {error}");

    /// <param name="client"><c>device/module</c>.</param>
    public static JObject Connected(string client, DateTimeOffset now) => Client(client, "Connected", "lastConnectedTimeUtc", now);

    /// <param name="client"><c>device/module</c>.</param>
    public static JObject Disconnected(string client, DateTimeOffset now) => Client(client, "Disconnected", "lastDisconnectedTimeUtc", now);

    private static JObject Desired(long version, int code, string description) => new()
    {
        ["lastDesiredVersion"] = version,
        ["lastDesiredStatus"] = new JObject { ["code"] = code, ["description"] = description },
    };

    private static JObject Client(string client, string status, string timeName, DateTimeOffset now) => new()
    {
        ["clients"] = new JObject { [KeyOf(client)] = new JObject { ["status"] = status, [timeName] = now.UtcDateTime.ToString("O") } },
    };

    /// <summary>As edgeHub writes an id where a twin allows no dot, dollar sign or blank.</summary>
    private static string KeyOf(string client) => client.Replace(".", "%2E").Replace("$", "%24").Replace(" ", "%20");
}
