using EdgeModules.Messages;
using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Twins;

/// <summary>
/// The twins of all modules and of the hub itself, kept in the store. Answers and pushes are sent under the twin's lock, so that a module sees
/// them in the order of their versions.
/// </summary>
internal sealed partial class TwinService
{
    private readonly Database _database;
    private readonly ConnectionTable _connections;
    private readonly HubMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ModuleTwin> _twins = [];

    public TwinService(
        Database database, ConnectionTable connections, IReadOnlyDictionary<string, JObject> desired, HubMetrics metrics, TimeProvider clock,
        ILoggerFactory loggers)
    {
        (_database, _connections, _metrics, _clock, _logger) = (database, connections, metrics, clock, loggers.CreateLogger<TwinService>());
        foreach (var (module, properties) in desired)
        {
            var twin = database.Get(KeyOf(module)) is { } stored ? ModuleTwin.Restore(stored, properties) : ModuleTwin.Create(properties);
            _twins.Add(module, twin);
            Save(module, twin);
        }
    }

    public event Action<string, JObject>? Reported;

    /// <summary>Raised under the lock of the twin, in the order of the versions: its name and a copy of its desired properties, with <c>$version</c>.</summary>
    public event Action<string, JObject>? DesiredChanged;

    /// <exception cref="SimulatorException">No such module.</exception>
    public JObject Get(string module)
    {
        var twin = TwinOf(module);
        lock (twin.Gate) return twin.ToJson();
    }

    /// <exception cref="SimulatorException">No such module.</exception>
    public long PatchDesired(string module, JObject patch)
    {
        var twin = TwinOf(module);
        lock (twin.Gate)
        {
            var push = twin.PatchDesired(patch);
            Save(module, twin);
            var sent = _connections.Find(module)?.TrySend(Topics.DesiredPatch(twin.DesiredVersion), JsonText.ToUtf8(push)) ?? false;
            if (sent && twin.MarkSeen()) Save(module, twin);
            DesiredChanged?.Invoke(module, (JObject)twin.ToJson()["desired"]!);
            return twin.DesiredVersion;
        }
    }

    /// <summary>Reports for a twin whose owner is the hub itself.</summary>
    public void Report(string module, JObject patch)
    {
        var twin = TwinOf(module);
        lock (twin.Gate)
        {
            twin.PatchReported(patch);
            Save(module, twin);
        }
    }

    public void AnswerGet(ModuleConnection from, string requestId)
    {
        var start = _clock.GetTimestamp();
        var twin = TwinOf(from.Module);
        lock (twin.Gate)
        {
            var answer = JsonText.ToUtf8(twin.ToJson());
            _metrics.TwinRead(from.Module, start);
            if (from.TrySend(Topics.TwinResponse(200, requestId), answer) && twin.MarkSeen()) Save(from.Module, twin);
        }
    }

    public void AnswerPatch(ModuleConnection from, string requestId, ReadOnlySpan<byte> body)
    {
        var start = _clock.GetTimestamp();
        if (!TryRead(body, out var patch, out var error))
        {
            LogRejectedPatch(from.Module, error);
            from.TrySend(Topics.TwinResponse(400, requestId), []);
            return;
        }

        if (patch is null)
        {
            LogArrayPatch(from.Module);
            from.TrySend(Topics.TwinResponse(204, requestId), []);
            return;
        }

        var twin = TwinOf(from.Module);
        lock (twin.Gate)
        {
            twin.PatchReported(patch);
            Save(from.Module, twin);
            _metrics.TwinReported(from.Module, start);
            from.TrySend(Topics.TwinResponse(204, requestId), []);
        }

        Reported?.Invoke(from.Module, patch);
    }

    /// <param name="patch">Null for an array, which edgeHub accepts and ignores.</param>
    private static bool TryRead(ReadOnlySpan<byte> body, out JObject? patch, out string error)
    {
        (patch, error) = (null, "");
        try
        {
            var token = JsonText.Parse(System.Text.Encoding.UTF8.GetString(body));
            if (token is JArray) return true;
            patch = token as JObject;
            error = patch is null ? $"The patch is {token.Type}; it must be an object." : ReportedPropertiesValidator.FindError(patch) ?? "";
        }
        catch (JsonException notJson)
        {
            error = $"The patch is no JSON: {notJson.Message}";
        }

        return error.Length == 0;
    }

    private ModuleTwin TwinOf(string module) =>
        _twins.TryGetValue(module, out var twin)
            ? twin
            : throw new SimulatorException($"There is no module '{module}'; the modules are {string.Join(", ", _twins.Keys.Order(StringComparer.Ordinal))}.");

    private void Save(string module, ModuleTwin twin) => _database.Put(KeyOf(module), twin.Encode());

    private static byte[] KeyOf(string module) => StoreKeys.Named(StoreKeys.Twins, module);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected a reported patch of {Module}. {Error}")]
    private partial void LogRejectedPatch(string module, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ignored a reported patch of {Module}: it is an array, which edgeHub accepts and ignores; it must be an object.")]
    private partial void LogArrayPatch(string module);
}
