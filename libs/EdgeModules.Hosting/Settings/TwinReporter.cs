using System.Threading.Channels;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>
/// Keeps the reported properties of the twin equal to what the module has to say: sends only what differs, one patch at a time, the newest state always.
/// An object is reported whole, so what has left it is deleted.
/// </summary>
public sealed partial class TwinReporter(IModuleClient client, ILogger<TwinReporter> logger)
{
    /// <summary>The limit of a twin is 32 KB; names of the envelope and rounding take some.</summary>
    private const int MaxBytes = 30_000;

    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private JObject? _held;
    private JObject? _wanted;

    /// <summary>What the hub has, as told after a connect.</summary>
    public void SetHeld(JObject reported)
    {
        lock (_lock) _held = new JObject(reported.Properties().Where(property => !property.Name.StartsWith('$')));
        _signal.Writer.TryWrite(true);
    }

    /// <summary>From now on this is to be reported.</summary>
    public void SetWanted(JObject reported)
    {
        lock (_lock) _wanted = Fit(reported);
        _signal.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var _ in _signal.Reader.ReadAllAsync(stop)) await FlushAsync(stop);
    }

    /// <summary>Reports what is wanted now, unless the hub has not been heard of yet.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        JObject patch;
        lock (_lock)
        {
            if (_held is null || _wanted is null) return;
            patch = JsonMergePatch.Diff(_held, _wanted);
        }

        if (patch.Count == 0) return;
        try
        {
            await client.ReportAsync(patch, cancellation);
        }
        catch (TwinRejectedException error)
        {
            // The same patch would be refused again; the next change gets its own chance.
            LogRefused(error.Message, JsonText.ToUtf8(patch).Length);
            return;
        }

        // Not simply what was wanted: meanwhile the hub may have told anew what it has.
        lock (_lock) JsonMergePatch.Apply(_held, patch);
    }

    /// <summary>Leaves out the largest values until the rest fits: a report that says less is better than one that is refused.</summary>
    private static JObject Fit(JObject reported)
    {
        var fitting = (JObject)reported.DeepClone();
        while (JsonText.ToUtf8(fitting).Length > MaxBytes)
        {
            var largest = fitting.Properties().Where(property => property.Value is JObject told && told["value"] is not null)
                .MaxBy(property => JsonText.ToUtf8(property.Value["value"]!).Length);
            if (largest is null) return fitting;
            var report = (JObject)largest.Value;
            report.Remove("value");
            report["ad"] = $"{report["ad"]} The value is left out: the report would exceed 32 KB.".Trim();
        }

        return fitting;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Cause} The patch has {Bytes} bytes.")]
    private partial void LogRefused(string cause, int bytes);
}
