using System.Threading.Channels;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>One connection to edgeHub, from its opening to its end. It is never mended: a new one takes its place.</summary>
internal interface IModuleSession : IAsyncDisposable
{
    /// <summary>Completes with the cause when the connection is over.</summary>
    Task<string> Ended { get; }

    /// <summary>Input messages to be handled and then acknowledged, in order; completes with the connection, or with <see cref="StopInputsAsync"/>.</summary>
    ChannelReader<InboundDelivery> Inputs { get; }

    ChannelReader<JObject> DesiredPatches { get; }

    /// <summary>Completes when the hub has acknowledged the message.</summary>
    Task SendAsync(OutboundMessage message, CancellationToken cancellation);

    /// <returns><c>{"desired":{…},"reported":{…}}</c></returns>
    Task<JObject> GetTwinAsync(CancellationToken cancellation);

    /// <exception cref="TwinRejectedException">The hub refused the patch, and would again.</exception>
    Task ReportAsync(JObject patch, CancellationToken cancellation);

    /// <summary>Lets no further input message come; <see cref="Inputs"/> completes behind those that have, when the last of them is acknowledged at the latest.</summary>
    Task StopInputsAsync(CancellationToken cancellation);

    /// <summary>Says goodbye; <see cref="Ended"/> completes.</summary>
    Task DisconnectAsync(CancellationToken cancellation);
}

/// <param name="AcknowledgeAsync">Acknowledges on the connection on which the message came.</param>
internal sealed record InboundDelivery(InboundMessage Message, Func<CancellationToken, Task> AcknowledgeAsync);

/// <summary>The hub refused the connection, as a rule because of the token.</summary>
internal sealed class ConnectRefusedException(string code) : Exception($"The hub refused the connection: {code}.");
