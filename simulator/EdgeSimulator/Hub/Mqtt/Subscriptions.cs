using System.Text.RegularExpressions;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Storage;
using MQTTnet;
using MQTTnet.Protocol;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>What one module has subscribed to. Kept in the store unless its session is clean. Thread-safe.</summary>
internal sealed partial class Subscriptions
{
    private readonly Lock _gate = new();
    private readonly Database? _database;
    private readonly byte[] _key;

    /// <summary>Never changed, only replaced.</summary>
    private volatile Dictionary<string, MqttQualityOfServiceLevel> _filters;

    private Subscriptions(Database? database, byte[] key, Dictionary<string, MqttQualityOfServiceLevel> filters) =>
        (_database, _key, _filters) = (database, key, filters);

    public bool IsEmpty => _filters.Count == 0;

    /// <summary>Those that the store remembers of the module.</summary>
    public static Subscriptions Load(Database database, string module)
    {
        var key = StoreKeys.Named(StoreKeys.Subscriptions, module);
        var filters = new Dictionary<string, MqttQualityOfServiceLevel>();
        if (database.Get(key) is { } stored)
        {
            foreach (var (filter, quality) in JsonText.ParseObject(stored)) filters[filter] = (MqttQualityOfServiceLevel)(int)quality!;
        }

        return new Subscriptions(database, key, filters);
    }

    /// <summary>Those of a clean session: none, and those to come end with the connection.</summary>
    public static Subscriptions Clean() => new(null, [], []);

    /// <summary>The store remembers none of the module any more.</summary>
    public static void Forget(Database database, string module) => Load(database, module).Change(filters => filters.Clear());

    public void Add(string filter, MqttQualityOfServiceLevel quality) => Change(filters => filters[filter] = quality);

    public void Remove(string filter) => Change(filters => filters.Remove(filter));

    /// <returns>Null when no filter matches the topic.</returns>
    public MqttQualityOfServiceLevel? QualityOf(string topic) => BestOf(topic, _filters);

    /// <returns>Null unless a filter that edgeHub takes for a subscription to inputs matches the topic: only those that end in <c>/#</c>.</returns>
    public MqttQualityOfServiceLevel? InputQualityOf(string topic) => BestOf(topic, _filters.Where(pair => IsInputFilter(pair.Key)));

    public static bool IsInputFilter(string filter) => InputFilter().IsMatch(filter);

    private static MqttQualityOfServiceLevel? BestOf(string topic, IEnumerable<KeyValuePair<string, MqttQualityOfServiceLevel>> filters)
    {
        MqttQualityOfServiceLevel? best = null;
        foreach (var (filter, quality) in filters)
        {
            if (MqttTopicFilterComparer.Compare(topic, filter) is MqttTopicFilterCompareResult.IsMatch && (best is null || quality > best)) best = quality;
        }

        return best;
    }

    private void Change(Action<Dictionary<string, MqttQualityOfServiceLevel>> change)
    {
        lock (_gate)
        {
            var filters = new Dictionary<string, MqttQualityOfServiceLevel>(_filters);
            change(filters);
            _database?.Put(_key, JsonText.ToUtf8(new JObject(filters.Select(pair => new JProperty(pair.Key, (int)pair.Value)))));
            _filters = filters;
        }
    }

    [GeneratedRegex("^devices/.+/modules/.+/#$")]
    private static partial Regex InputFilter();
}
