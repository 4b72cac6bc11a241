using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>What the verbs of the command line can do to a running simulator. A module that is not in the manifest is refused by name.</summary>
public interface ISimulatorControl
{
    JObject GetStatus();

    /// <exception cref="SimulatorException">No such module.</exception>
    JObject GetTwin(string module);

    /// <exception cref="SimulatorException">No such module.</exception>
    DesiredChange PatchDesired(string module, JObject patch);

    /// <exception cref="SimulatorException">No such module, it is not connected, or it did not answer in time.</exception>
    Task<MethodResult> InvokeAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation);

    /// <returns>What is known of the message: id, module, input, readings, and whether the module is connected.</returns>
    /// <exception cref="SimulatorException">No such module or input, or the hub would not take the message.</exception>
    JObject Send(string module, string input, InjectedMessage message);

    /// <returns>The module as in <see cref="GetStatus"/>, then.</returns>
    /// <exception cref="SimulatorException">No such module, or this simulator cannot do that to it.</exception>
    Task<JObject> CommandAsync(string module, ModuleCommand command);

    /// <returns>Whether that was a change, and what is queued for the cloud.</returns>
    JObject SetOnline(bool online);

    /// <returns>Latency and loss as they are now.</returns>
    JObject SetQuality(CloudQualityChange change);

    /// <returns>What reaches the cloud, as JSON lines.</returns>
    /// <param name="module">Only checked for its existence; null for all modules.</param>
    /// <exception cref="SimulatorException">No such module.</exception>
    GrowingFile GetCloud(string? module);

    /// <param name="source"><c>edgeHub</c>, or a module.</param>
    /// <exception cref="SimulatorException">No such source, or it has no log in this run.</exception>
    GrowingFile GetLog(string source);

    /// <returns>The environment for a debugger, and whether the module runs now.</returns>
    /// <exception cref="SimulatorException">No such module.</exception>
    JObject GetCredentials(string module);
}

public enum ModuleCommand
{
    Start,
    Stop,
    Restart,
}

/// <param name="Version">The new <c>$version</c>.</param>
/// <param name="Refusal">Why the hub has not taken over a change of its own twin, also where its report says 200; else null.</param>
public sealed record DesiredChange(long Version, string? Refusal);

/// <summary>Of the way to the cloud; null leaves as it is.</summary>
public sealed record CloudQualityChange(double? LatencyMs, double? LossPercent);
