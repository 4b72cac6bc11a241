using System.Diagnostics.Metrics;
using EdgeModules.Hosting.Connection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace EdgeModules.Hosting.Telemetry;

/// <summary>
/// Prometheus text on <c>/metrics</c> with the labels of the IoT Edge runtime's own modules: <c>iothub</c>, <c>edge_device</c>, <c>module_name</c>,
/// <c>instance_number</c> (new at each start). Instruments of every meter whose name begins with <c>EdgeModules</c> are on it.
/// </summary>
public sealed partial class MetricsPage : IDisposable
{
    private const string Labels = "iothub edge_device module_name instance_number";

    private readonly MeterProvider? _provider;

    public MetricsPage(ModuleEnvironment environment, ILogger<MetricsPage> logger)
    {
        if (environment.MetricsPort == 0) return;
        var address = environment.Credentials.Address;
        try
        {
            _provider = Sdk.CreateMeterProviderBuilder()
                .AddMeter("EdgeModules*")
                .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(Attributes(address)))
                .AddPrometheusHttpListener(options =>
                {
                    options.Host = environment.MetricsHost;
                    options.Port = environment.MetricsPort;
                    options.ScopeInfoEnabled = false;
                    options.TargetInfoEnabled = false;
                    options.ResourceConstantLabels = name => Labels.Contains(name, StringComparison.Ordinal);
                })
                .Build();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A module does its work without being watched rather than not at all.
            LogNoPage(logger, environment.MetricsHost, environment.MetricsPort, error.Message);
        }
    }

    /// <summary>The start of the names of a module's metrics: <c>FilterModule</c> → <c>filter</c>.</summary>
    public static string Prefix(ModuleAddress address)
    {
        var name = address.ModuleId.EndsWith("Module", StringComparison.Ordinal) ? address.ModuleId[..^"Module".Length] : address.ModuleId;
        return string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_'));
    }

    public void Dispose() => _provider?.Dispose();

    private static Dictionary<string, object> Attributes(ModuleAddress address) => new()
    {
        ["iothub"] = address.HubHostName,
        ["edge_device"] = address.DeviceId,
        ["module_name"] = address.ModuleId,
        ["instance_number"] = Guid.NewGuid().ToString(),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "No metrics page on {Host}:{Port}: {Cause}")]
    private static partial void LogNoPage(ILogger logger, string host, int port, string cause);
}

/// <summary>The metrics that every module has.</summary>
public sealed class ModuleMetrics : IDisposable
{
    private readonly Meter _meter = new("EdgeModules.Hosting");
    private readonly Histogram<double> _handling;

    public ModuleMetrics(string prefix, Func<IReadOnlyList<LedgerEntry>> books, Func<long> held)
    {
        _meter.CreateObservableCounter(
            $"{prefix}_ledger", () => books().Select(Measure), unit: null, "Readings (or items) by entry of the module's books, and by reason.");
        _meter.CreateObservableGauge($"{prefix}_held", held, unit: null, "Readings (or items) taken in that time or later messages will release.");
        _handling = _meter.CreateHistogram(
            $"{prefix}_message_handling_seconds", unit: null, "From the receipt of a message to its acknowledgement.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30] });
    }

    public void MessageHandled(TimeSpan time) => _handling.Record(time.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measure(LedgerEntry entry) => new(
        entry.Readings, new KeyValuePair<string, object?>("entry", entry.Counter), new KeyValuePair<string, object?>("reason", entry.Reason));
}
