namespace EdgeSimulator.Hub.Configuration;

/// <summary>The twin that configures the hub itself.</summary>
public static class HubTwin
{
    public const string Name = "$edgeHub";
}
