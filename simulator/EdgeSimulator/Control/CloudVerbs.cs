using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Control;

/// <summary>The verbs <c>offline</c>, <c>online</c> and <c>cloud</c>.</summary>
public static class CloudVerbs
{
    public static async Task<int> SwitchAsync(ControlClient client, bool online, Terminal terminal, CancellationToken cancellation)
    {
        var cloud = await client.SetOnlineAsync(online, cancellation);
        var (messages, readings) = (cloud.Value<long>("queuedMessages"), cloud.Value<long>("queuedReadings"));
        terminal.Plain(
            $"The cloud {(cloud.Value<bool>("changed") ? "is" : "was already")} {(online ? "online" : "offline")}; "
            + (messages == 0 ? "nothing is queued for it." : $"queued for it: {messages:N0} messages ({readings:N0} readings)."));
        return ExitCodes.Done;
    }

    public static async Task<int> SetQualityAsync(ControlClient client, CloudQualityChange change, Terminal terminal, CancellationToken cancellation)
    {
        var cloud = await client.SetQualityAsync(change, cancellation);
        terminal.Plain(FormattableString.Invariant(
            $"Calls to the cloud take {cloud.Value<double>("latencyMs"):0.###} ms longer, and {cloud.Value<double>("lossPercent"):0.###} % of them fail."));
        return ExitCodes.Done;
    }
}
