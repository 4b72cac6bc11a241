using EdgeSimulator.Hub.Metrics;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>The way to the cloud: there or not, slow, lossy. Thread-safe.</summary>
internal sealed partial class CloudLink(UpstreamStart start, HubMetrics metrics, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<CloudLink>();
    private readonly Lock _gate = new();

    // What is lost must not follow from a secret, but from the seed.
#pragma warning disable CA5394
    private readonly Random _chance = new(start.Seed);
#pragma warning restore CA5394

    private bool _online = start.Online;
    private UpstreamQuality _quality = start.Quality;
    private bool _connected;
    private bool _opened;

    /// <summary>False: every call to the cloud fails.</summary>
    public bool Online
    {
        get
        {
            lock (_gate) return _online;
        }

        set
        {
            lock (_gate)
            {
                if (_online == value) return;
                _online = value;
                Connect();
            }

            LogOnline(value ? "online; what waits for it is sent with the next attempt, 60 s from now at the latest" : "offline");
        }
    }

    public UpstreamQuality Quality
    {
        get
        {
            lock (_gate) return _quality;
        }

        set
        {
            lock (_gate)
            {
                if (_quality == value) return;
                _quality = value;
            }

            LogQuality(value.Latency.TotalMilliseconds, value.LossPercent);
        }
    }

    /// <summary>From now on the hub wants to be connected. As edgeHub it takes itself for disconnected until it is for the first time.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _opened = true;
            Connect();
        }
    }

    /// <returns>Whether a call that is at its end now succeeds.</returns>
    public bool Passes()
    {
        lock (_gate) return _online && (_quality.LossPercent == 0 || Draw() >= _quality.LossPercent);
    }

#pragma warning disable CA5394
    private double Draw() => 100 * _chance.NextDouble();
#pragma warning restore CA5394

    private void Connect()
    {
        if (!_opened || _connected == _online) return;
        _connected = _online;
        metrics.UpstreamChanged(_online);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The upstream is {State}.")]
    private partial void LogOnline(string state);

    [LoggerMessage(Level = LogLevel.Information, Message = "Each call to the upstream takes {LatencyMs} ms longer, and {LossPercent} % of them fail.")]
    private partial void LogQuality(double latencyMs, double lossPercent);
}
