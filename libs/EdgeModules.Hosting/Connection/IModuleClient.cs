using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>The module's line to edgeHub. An outage is no error here: the client reconnects for ever, and calls wait.</summary>
public interface IModuleClient : IAsyncDisposable
{
    /// <summary>Starts connecting and returns; the handlers are called from then on.</summary>
    Task OpenAsync(ModuleClientHandlers handlers, CancellationToken cancellation);

    /// <summary>Completes when the hub has acknowledged, that is stored, the message; waits through outages and repeats with the same bytes.</summary>
    Task SendAsync(OutboundMessage message, CancellationToken cancellation);

    /// <summary>Merges <paramref name="patch"/> into the reported properties; waits through outages.</summary>
    /// <exception cref="TwinRejectedException">The hub refused the patch; the same patch will be refused again.</exception>
    Task ReportAsync(JObject patch, CancellationToken cancellation);

    /// <summary>Calls a direct method of another module of this device.</summary>
    /// <param name="responseTimeout">How long the gateway waits for the answer: 5 to 300 s.</param>
    /// <returns>The target's own status and payload; 404 when it is not connected, 504 when it did not answer in time.</returns>
    /// <exception cref="HttpRequestException">The gateway cannot be reached or refuses the call.</exception>
    Task<MethodResponse> InvokeMethodAsync(string moduleId, MethodRequest request, TimeSpan responseTimeout, CancellationToken cancellation);

    /// <summary>
    /// Takes no further message, and completes when the one in hand is acknowledged: a receiver that goes with a message unacknowledged holds up its queue
    /// for the 30 s that edgeHub waits. Everything else still works.
    /// </summary>
    Task StopReceivingAsync(CancellationToken cancellation);

    /// <summary>Disconnects.</summary>
    Task CloseAsync(CancellationToken cancellation);
}

/// <param name="OnMessage">
/// Called with one message at a time, in order. The message is acknowledged when the task completes; when it fails, the connection is closed so that the hub
/// delivers the message again.
/// </param>
/// <param name="OnTwin">Called after each connect and each change of the desired properties, one at a time.</param>
/// <param name="OnMethod">Called for each direct method, possibly several at a time; must not throw.</param>
public sealed record ModuleClientHandlers(
    Func<InboundMessage, CancellationToken, Task> OnMessage,
    Func<ModuleTwin, CancellationToken, Task> OnTwin,
    Func<MethodRequest, CancellationToken, Task<MethodResponse>> OnMethod);

/// <param name="Desired">Whole, with <c>$version</c>.</param>
/// <param name="Reported">Whole after a connect; null when only the desired properties changed.</param>
public sealed record ModuleTwin(JObject Desired, JObject? Reported);

/// <param name="Payload">Null when the caller sent none.</param>
public sealed record MethodRequest(string Name, JToken? Payload);

/// <param name="Status">As in HTTP: 200 done, 400 wrong payload, 501 no such method.</param>
public record MethodResponse(int Status, JToken? Payload);

/// <summary>The hub refused reported properties.</summary>
public sealed class TwinRejectedException(int status) : Exception($"The hub refused the reported properties with status {status}.");
