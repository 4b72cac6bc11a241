using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub;

/// <summary>The hub as the rest of the simulator sees it: edgeHub on the module side, IoT Hub on the cloud side.</summary>
public interface IEdgeHub : IAsyncDisposable
{
    /// <summary>PEM file of the certificate authority made at start; what a module must trust.</summary>
    string CaCertificateFile { get; }

    /// <summary><c>unix:///…</c>, the workload API.</summary>
    string WorkloadUri { get; }

    /// <summary>False while the cloud is away; messages for <c>$upstream</c> then wait in their queue.</summary>
    bool UpstreamOnline { get; set; }

    /// <summary>Of the way to the cloud while it is there.</summary>
    UpstreamQuality UpstreamQuality { get; set; }

    /// <summary>Of the metrics page; null when there is none.</summary>
    int? MetricsPort { get; }

    /// <summary>Why the newest desired properties of <c>$edgeHub</c> are not in force; null when they are.</summary>
    string? ConfigurationRefusal { get; }

    /// <summary>Raised after a reported patch was stored: module id and the patch. Handlers must be quick and must not throw.</summary>
    event Action<string, JObject>? Reported;

    /// <summary>Raised when a message of a module has come, before it is stored. Handlers must be quick and must not throw.</summary>
    event Action<HubMessage>? Published;

    /// <summary>Raised just before a message is handed to the connection of its receiver, each time. Handlers must be quick and must not throw.</summary>
    event Action<HubDelivery>? Delivering;

    /// <exception cref="SimulatorException">A port is in use, the store cannot be opened, or a route is bad; the message names it.</exception>
    Task StartAsync(CancellationToken cancellation);

    ModuleIdentity GetIdentity(string module);

    HubStatus GetStatus();

    /// <param name="module">Or <c>$edgeHub</c>, the twin of the hub itself.</param>
    /// <returns><c>{"desired":{…,"$version":n},"reported":{…,"$version":m}}</c>; a copy.</returns>
    /// <exception cref="SimulatorException">No such module.</exception>
    JObject GetTwin(string module);

    /// <summary>
    /// Merges <paramref name="patch"/> into the desired properties and pushes it to the module if it is connected; the hub takes its own over at once.
    /// </summary>
    /// <returns>The new <c>$version</c>.</returns>
    /// <exception cref="SimulatorException">No such module.</exception>
    long PatchDesired(string module, JObject patch);

    /// <exception cref="SimulatorException">The module is not connected, or did not answer in time.</exception>
    Task<MethodResult> InvokeMethodAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Puts a message into the queue of an input, as if a route had led it there; when this returns it is stored.</summary>
    /// <returns>Its message id.</returns>
    /// <exception cref="SimulatorException">No route leads to that input, or the hub would not take the message.</exception>
    string Send(string module, string input, InjectedMessage message);
}

/// <param name="Key">Base64; signs the module's tokens.</param>
public sealed record ModuleIdentity(string DeviceId, string ModuleId, string GenerationId, string Key);

/// <param name="Module">The receiver.</param>
/// <param name="IsRepeated">It was handed over before, by this process.</param>
/// <param name="At">Timestamp of the hub's clock.</param>
public readonly record struct HubDelivery(HubMessage Message, string Module, string Input, bool IsRepeated, long At);

public sealed record MethodResult(int Status, JToken? Payload);

/// <param name="HubDesired">The desired properties of <c>$edgeHub</c>: routes and store-and-forward; kept as those of a module are.</param>
/// <param name="Desired">Module id → its desired properties at first start; a twin kept in the state directory that was made from equal ones stays.</param>
public sealed record HubOptions(
    string IotHubHostName,
    string GatewayHostName,
    string DeviceId,
    int Port,
    string StateDirectory,
    string CloudFile,
    HubEnvironment Environment,
    JObject HubDesired,
    IReadOnlyDictionary<string, JObject> Desired)
{
    /// <summary>Of the methods API over HTTPS; 0: any free one.</summary>
    public int HttpsPort { get; init; }

    /// <summary>Of the metrics page on 127.0.0.1; null: there is none.</summary>
    public int? MetricsPort { get; init; }

    public UpstreamStart Upstream { get; init; } = new(Online: true, UpstreamQuality.Good, Seed: 1);
}

/// <param name="Latency">By which each call to the cloud takes longer.</param>
/// <param name="LossPercent">How many of the calls fail in a way that edgeHub tries again; 0 to 100.</param>
public sealed record UpstreamQuality(TimeSpan Latency, double LossPercent)
{
    /// <summary>edgeHub gives up a call that takes 20 s (<c>CloudOperationTimeoutSecs</c>): a longer one would be none.</summary>
    public const int MostLatencyMs = 19_000;

    public static UpstreamQuality Good { get; } = new(TimeSpan.Zero, 0);
}

/// <summary>The way to the cloud as the hub finds it at its start.</summary>
/// <param name="Seed">Decides which calls are lost.</param>
public sealed record UpstreamStart(bool Online, UpstreamQuality Quality, int Seed);

/// <summary>
/// The books of the hub, in readings (the property <c>count</c> of a message, else 1) and messages, since the state directory was made.
/// A message whose id its sender sent before is a repeat: delivered again, as the real edgeHub would, but outside these sums.
/// </summary>
public sealed record HubStatus(
    IReadOnlyList<OutputStatus> Outputs, IReadOnlyList<EndpointStatus> Endpoints, IReadOnlyList<string> ConnectedModules, UpstreamStatus Upstream)
{
    /// <summary>Of the way to the cloud while it is there.</summary>
    public UpstreamQuality Quality { get; init; } = UpstreamQuality.Good;

    /// <summary>What the sums of <see cref="Upstream"/> are made of.</summary>
    public IReadOnlyList<StreamStatus> Streams { get; init; } = [];

    /// <summary>What the cloud unpacked of batches: messages, and what each would have cost alone. The output is the type of the message where it is not known.</summary>
    public IReadOnlyList<StreamStatus> BatchedStreams { get; init; } = [];

    /// <summary>By priority.</summary>
    public IReadOnlyList<BatchStatus> Batches { get; init; } = [];
}

/// <summary>The batches of one priority that reached the cloud, each once. A message in them that came before, by its module and id, is a duplicate.</summary>
/// <param name="Items">As the batches say by their property <c>count</c>.</param>
/// <param name="Bytes">Body and properties, as IoT Hub meters them.</param>
/// <param name="BodyBytes">Compressed.</param>
/// <param name="Unreadable">Batches that could not be unpacked.</param>
/// <param name="Members">Messages in the others, without duplicates.</param>
/// <param name="MemberItems">Readings or items in these.</param>
/// <param name="MeteredUnitsAlone">What these would have cost one by one.</param>
public sealed record BatchStatus(
    string Priority, long Batches, long Items, long Bytes, long BodyBytes, long MeteredUnits, long Unreadable, long Members, long MemberItems,
    long DuplicateMembers, long DuplicateItems, long MeteredUnitsAlone);

/// <summary>What one output sent to the cloud, without duplicates.</summary>
/// <param name="Output">Empty for messages that name none, as twin changes.</param>
public sealed record StreamStatus(string Module, string Output, long Messages, long Readings, long Bytes, long MeteredUnits);

/// <param name="Output">Empty for messages that name none.</param>
/// <param name="Messages">Accepted and unrouted.</param>
/// <param name="AcceptedReadings">Of at least one endpoint; those of a message that edgeHub drops for its size too.</param>
/// <param name="UnroutedReadings">Acknowledged, matched no route, gone.</param>
public sealed record OutputStatus(
    string Module, string Output, long Messages, long AcceptedReadings, long UnroutedReadings, long RepeatedMessages, long RepeatedReadings);

/// <summary>For each endpoint accepted = acknowledged + queued + expired + dropped.</summary>
/// <param name="Id"><c>device/module/input</c>, or <c>iothub</c> for <c>$upstream</c>.</param>
/// <param name="Module">Null for <c>$upstream</c>.</param>
/// <param name="DroppedReadings">Acknowledged to the sender and gone: a message over edgeHub's size limit, or whose properties make the topic too long.</param>
/// <param name="QueuedMessages">Messages still to be acknowledged, repeats too: 0 means that nothing waits here.</param>
/// <param name="Redeliveries">Publishes of a message after its first one.</param>
public sealed record EndpointStatus(
    string Id,
    string? Module,
    string? Input,
    long AcceptedReadings,
    long AcknowledgedReadings,
    long QueuedReadings,
    long ExpiredReadings,
    long DroppedReadings,
    long AcknowledgedMessages,
    long QueuedMessages,
    long Redeliveries);

/// <param name="Readings">Those in batches by what was unpacked, without duplicates.</param>
/// <param name="Bytes">Body and properties, as IoT Hub meters them.</param>
/// <param name="MeteredUnits">Started units of 4 KB, message by message.</param>
/// <param name="DuplicateMessages">Messages whose id the cloud had already seen from that module; not in the other sums.</param>
public sealed record UpstreamStatus(
    bool Online, long Messages, long Readings, long Bytes, long MeteredUnits, long DuplicateMessages, long DuplicateReadings);
