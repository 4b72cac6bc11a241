using EdgeModules.Messages;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Storage;
using EdgeSimulator.Hub.Twins;
using EdgeSimulator.Manifests;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Configuration;

/// <summary>
/// Keeps the hub as its own twin wants it: takes over a change while running, keeps the old configuration when the new one is bad, reports which.
/// </summary>
internal sealed partial class ConfigurationService
{
    private const string Place = "The twin of " + HubTwin.Name;
    private readonly string _deviceId;
    private readonly Database _database;
    private readonly TwinService _twins;
    private readonly Pumps _pumps;
    private readonly ILogger _logger;
    private volatile HubConfiguration _current;

    /// <param name="manifest">What the deployment says; it is good.</param>
    /// <exception cref="SimulatorException">The twin was made bad by a change, and no good configuration is known.</exception>
    public ConfigurationService(HubOptions options, HubConfiguration manifest, Database database, TwinService twins, Pumps pumps, ILoggerFactory loggers)
    {
        (_deviceId, _database, _twins, _pumps) = (options.DeviceId, database, twins, pumps);
        _logger = loggers.CreateLogger<ConfigurationService>();
        _current = manifest;
        twins.Report(HubTwin.Name, HubReport.Started());
        twins.DesiredChanged += OnDesiredChanged;
        Start();
    }

    /// <summary>What a message that comes now is treated by.</summary>
    public HubConfiguration Current => _current;

    /// <summary>Why the hub's newest desired properties are not in force; null when they are.</summary>
    public string? Refusal { get; private set; }

    private void Start()
    {
        var desired = (JObject)_twins.Get(HubTwin.Name)["desired"]!;
        if (TryApply(desired)) return;
        if (_database.Get(StoreKeys.LastGoodConfiguration) is not { } stored)
            throw new SimulatorException($"{Place} is bad, and no earlier configuration is known; the hub's log names the mistake.");
        Use(Read(JsonText.ParseObject(stored)));
        LogStartedWithEarlier();
    }

    /// <summary>Called under the lock of the twin, so changes are taken over in the order of their versions.</summary>
    private void OnDesiredChanged(string module, JObject desired)
    {
        if (module == HubTwin.Name) TryApply(desired);
    }

    private bool TryApply(JObject desired)
    {
        var version = (long)desired["$version"]!;
        desired.Remove("$version");
        try
        {
            Use(Read(desired));
            _database.Put(StoreKeys.LastGoodConfiguration, JsonText.ToUtf8(desired));
            Refusal = null;
            _twins.Report(HubTwin.Name, HubReport.Applied(version));
            LogApplied(version, _current.Definitions.Count, _current.TimeToLive?.TotalSeconds ?? -1);
            return true;
        }
        catch (HubConfigurationException error) when (error.TypeMismatch)
        {
            Refusal = error.Message;
            // The real edgeHub has reported success by the time it finds out.
            _twins.Report(HubTwin.Name, HubReport.Applied(version));
            LogRejectedUnreported(version, error.Message);
        }
        catch (SimulatorException error)
        {
            Refusal = error.Message;
            _twins.Report(HubTwin.Name, HubReport.Rejected(version, error.Message));
            LogRejected(version, error.Message);
        }

        return false;
    }

    private HubConfiguration Read(JObject desired) => HubConfigurationReader.Read(new ManifestNode(Place, desired), _deviceId);

    private void Use(HubConfiguration configuration)
    {
        // Queues first: a message that comes now may be for any of them.
        foreach (var left in _pumps.Serve([.. configuration.Routes.Endpoints])) LogEndpointLeft(left.Endpoint.Id, left.Book.QueuedMessages);
        _current = configuration;
        foreach (var warning in configuration.Warnings) LogWarning(warning);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied version {Version} of the twin of $edgeHub: {Routes} routes, time to live {Seconds} s (-1: for ever).")]
    private partial void LogApplied(long version, int routes, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rejected version {Version} of the twin of $edgeHub; the earlier configuration stays. {Error}")]
    private partial void LogRejected(long version, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rejected version {Version} of the twin of $edgeHub; the earlier configuration stays. Its lastDesiredStatus says 200 all the same, as the real edgeHub's does for a condition that does not fit together. {Error}")]
    private partial void LogRejectedUnreported(long version, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Started with the last good configuration, since the twin of $edgeHub is bad; the real edgeHub would not start.")]
    private partial void LogStartedWithEarlier();

    [LoggerMessage(Level = LogLevel.Warning, Message = "No route leads into {Endpoint} any more, and {Messages} messages wait there: they are delivered still, while the real edgeHub ends delivery to such an endpoint.")]
    private partial void LogEndpointLeft(string endpoint, long messages);
}
