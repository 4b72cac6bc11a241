using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using EdgeSimulator.Hub;

namespace EdgeSimulator.Alarms;

/// <summary>
/// The last messages that each module was handed. A module has one message at a time and sends what comes of it before it acknowledges, so what it sends
/// is as a rule about the newest one; the others are for what was sent late. Bodies are only looked into when asked. Thread-safe.
/// </summary>
internal sealed class RecentDeliveries
{
    /// <summary>Of 262,144 bytes each at most: 2 MB a module.</summary>
    private const int Kept = 8;

    private readonly ConcurrentDictionary<string, HubMessage?[]> _modules = [];

    /// <param name="module">The receiver.</param>
    public void Add(string module, HubMessage message)
    {
        var kept = _modules.GetOrAdd(module, static _ => new HubMessage?[Kept]);
        lock (kept)
        {
            if (ReferenceEquals(kept[0], message)) return;
            Array.Copy(kept, 0, kept, 1, Kept - 1);
            kept[0] = message;
        }
    }

    /// <param name="subject">A device or a zone.</param>
    /// <param name="timestamp">Unix milliseconds.</param>
    /// <returns>
    /// When the message with the subject's reading of that time reached the hub; null when it is none of the last, or does not hold the two as the suite's
    /// modules write them.
    /// </returns>
    public long? ArrivalOf(string module, string subject, long timestamp)
    {
        if (!_modules.TryGetValue(module, out var kept)) return null;
        var name = Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(subject)}\"");
        var time = Encoding.ASCII.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture));
        lock (kept)
        {
            foreach (var message in kept)
            {
                if (message is null) return null;
                var body = message.Body.Span;
                if (body.IndexOf(time) >= 0 && body.IndexOf(name) >= 0) return message.ArrivedAt;
            }
        }

        return null;
    }
}
