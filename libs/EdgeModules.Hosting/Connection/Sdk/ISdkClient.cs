using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary>
/// Microsoft's <c>ModuleClient</c> as far as it is used here, one connection long: without retries of its own, so a connection that is lost ends it. What was
/// measured of it holds for everything behind this interface:
/// it calls <see cref="SdkCallbacks.OnMessage"/> for several messages at once, on a thread that it needs for everything else; it acknowledges a message when
/// that task completes, and must do so in the order in which the messages came, or it disconnects; it disconnects when that task fails; and a call after the
/// end silently connects again, without the subscriptions.
/// </summary>
internal interface ISdkClient : IAsyncDisposable
{
    /// <summary>Connects with the callbacks in place before the first message can come: one that finds none is acknowledged and lost.</summary>
    /// <exception cref="ConnectRefusedException">The hub does not take the module's credentials.</exception>
    Task OpenAsync(SdkCallbacks callbacks, CancellationToken cancellation);

    Task SendAsync(OutboundMessage message, CancellationToken cancellation);

    /// <returns><c>{"desired":{…},"reported":{…}}</c></returns>
    Task<JObject> GetTwinAsync(CancellationToken cancellation);

    /// <exception cref="TwinRejectedException">The hub refused the patch, and would again.</exception>
    Task ReportAsync(JObject patch, CancellationToken cancellation);

    /// <summary>
    /// Has the hub send no more messages, where that can be done. To be called with a message unacknowledged only: the hub sends none meanwhile, and one that
    /// came without a handler would be acknowledged and lost.
    /// </summary>
    Task UnsubscribeInputsAsync(CancellationToken cancellation);

    /// <summary>Says goodbye.</summary>
    Task CloseAsync(CancellationToken cancellation);
}

/// <param name="OnMessage">The message is acknowledged when the task completes. Its body is the callee's to keep.</param>
/// <param name="OnDesired">A patch of the desired properties.</param>
/// <param name="OnMethod">Name and payload, UTF-8 JSON or empty → the answer.</param>
/// <param name="OnEnded">The connection is over, by the cause given.</param>
internal sealed record SdkCallbacks(
    Func<InboundMessage, Task> OnMessage, Action<JObject> OnDesired, Func<string, byte[], Task<MethodResponse>> OnMethod, Action<string> OnEnded);

/// <param name="TokenLife">How long a token of the connection is good for.</param>
/// <param name="ModelId">The Plug and Play model announced; null for none.</param>
internal sealed record SdkOptions(SdkTransport Transport, TimeSpan TokenLife, string? ModelId);
