using EdgeSimulator.Hub.Configuration;

namespace EdgeSimulator.Manifests;

/// <summary>Reads the environment variables of the system module <c>edgeHub</c>, as far as the simulated hub acts on them.</summary>
internal static class HubEnvironmentReader
{
    private const string AckTimeout = "MessageAckTimeoutSecs";
    private const string CleanupInterval = "MessageCleanupIntervalSecs";
    private const string CheckEntireQueue = "CheckEntireQueueOnCleanup";
    private const int MostSeconds = 86_400;

    /// <exception cref="SimulatorException">A value is not of its kind; the message names file, path, value, and what it must be.</exception>
    public static HubEnvironment Read(ManifestNode hub)
    {
        var usual = HubEnvironment.Default;
        var variables = hub.Environment();
        var cleanup = hub.Try(node => Seconds(node, variables, CleanupInterval, usual.MessageCleanupInterval), usual.MessageCleanupInterval);
        return new HubEnvironment(
            hub.Try(node => Seconds(node, variables, AckTimeout, usual.MessageAckTimeout), usual.MessageAckTimeout),
            cleanup < HubEnvironment.LeastCleanupInterval ? HubEnvironment.LeastCleanupInterval : cleanup,
            hub.Try(node => Truth(node, variables, CheckEntireQueue, usual.CheckEntireQueueOnCleanup), usual.CheckEntireQueueOnCleanup));
    }

    private static TimeSpan Seconds(ManifestNode hub, Dictionary<string, string> variables, string variable, TimeSpan usual)
    {
        if (!variables.TryGetValue(variable, out var text)) return usual;
        return int.TryParse(text, out var seconds) && seconds is > 0 and <= MostSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong(hub, variable, $"a whole number of seconds from 1 to {MostSeconds}");
    }

    private static bool Truth(ManifestNode hub, Dictionary<string, string> variables, string variable, bool usual)
    {
        if (!variables.TryGetValue(variable, out var text)) return usual;
        return bool.TryParse(text, out var value) ? value : throw Wrong(hub, variable, "true or false");
    }

    private static ManifestException Wrong(ManifestNode hub, string variable, string mustBe) => hub.Object("env").Object(variable).Wrong("value", mustBe);
}
