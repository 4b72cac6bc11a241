using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Soak;

/// <summary>What reached the cloud, looked at the way a consumer must: messages once by their id, windows once by theirs. One caller.</summary>
/// <param name="mostReadings">That a device of the source can give in one window.</param>
internal sealed class CloudCheck(long mostReadings)
{
    private const string Aggregate = "aggregate";
    private const string Alert = "alert";

    private readonly HashSet<(string Module, string Id)> _messages = [];
    private readonly HashSet<string> _alarms = [];
    private readonly Dictionary<string, string> _summaries = [];
    private readonly Dictionary<(string Device, long Start, string Generation), (int Revision, long Readings)> _windows = [];
    private readonly List<string> _mistakes = [];

    public long Messages => _messages.Count;

    /// <summary>Messages that came again under their id.</summary>
    public long Repeats { get; private set; }

    public long Windows => _windows.Count;

    /// <summary>In windows, each at its highest revision.</summary>
    public long ReadingsInWindows => _windows.Values.Sum(window => window.Readings);

    /// <summary>Windows that came twice with different contents, or hold more than can be in them.</summary>
    public IReadOnlyList<string> Mistakes => _mistakes;

    public bool HasAlarm(string alertId) => _alarms.Contains(alertId);

    /// <param name="lines">Of the cloud file.</param>
    public void Read(IEnumerable<string> lines)
    {
        foreach (var line in lines) Add(JsonText.ParseObject(System.Text.Encoding.UTF8.GetBytes(line)));
    }

    private void Add(JObject message)
    {
        if (message.Value<string>("messageId") is { } id && !_messages.Add((message.Value<string>("moduleId") ?? "", id))) Repeats++;
        switch (message["properties"]?.Value<string>(ApplicationProperties.MessageType), message["body"])
        {
            case (Alert, JObject alert):
                _alarms.Add(alert.Value<string>("alertId")!);
                break;
            case (Aggregate, JArray items):
                foreach (var item in items) AddWindow((JObject)item);
                break;
        }
    }

    private void AddWindow(JObject item)
    {
        var id = item.Value<string>("summaryId")!;
        var text = item.ToString(Formatting.None);
        if (!_summaries.TryAdd(id, text))
        {
            if (_summaries[id] != text) _mistakes.Add($"{id} came with different contents.");
            return;
        }

        var readings = item.Value<long>("readingCount");
        if (readings > mostReadings) _mistakes.Add($"{id} has {readings} readings; a window holds {mostReadings} at most.");
        var revision = item.Value<int>("revision");
        var key = (item.Value<string>("deviceId")!, item.Value<long>("windowStart"), GenerationOf(id));
        if (!_windows.TryGetValue(key, out var known) || known.Revision < revision) _windows[key] = (revision, readings);
    }

    /// <summary><c>agg/DEVICE/START/REVISION[/gN]</c></summary>
    private static string GenerationOf(string summaryId) => summaryId.Split('/') is [_, _, _, _, var generation] ? generation : "";
}
