using EdgeSimulator.Hub;

namespace EdgeSimulator.Running;

/// <summary>One line on how far a run is; rates are since the line before.</summary>
public sealed class ProgressText
{
    private TimeSpan _lastTime;
    private long _lastSent;

    public string Next(TimeSpan elapsed, HubStatus hub, IReadOnlyCollection<string> sources)
    {
        var sent = hub.Outputs.Where(output => sources.Contains(output.Module)).Sum(output => output.AcceptedReadings + output.UnroutedReadings);
        var rate = (sent - _lastSent) / Math.Max(0.001, (elapsed - _lastTime).TotalSeconds);
        (_lastTime, _lastSent) = (elapsed, sent);
        var taken = hub.Endpoints
            .Where(endpoint => endpoint.Module is not null)
            .GroupBy(endpoint => endpoint.Module)
            .Select(module => $"{module.Key} took {module.Sum(endpoint => endpoint.AcknowledgedReadings):N0}");
        var parts = new List<string> { $"{elapsed.TotalSeconds:0} s: {sent:N0} readings sent ({rate:N0}/s)" };
        parts.AddRange(taken);
        parts.Add($"{hub.Endpoints.Sum(endpoint => endpoint.QueuedReadings):N0} queued");
        parts.Add($"cloud {hub.Upstream.Readings:N0} in {hub.Upstream.Messages:N0} messages{(hub.Upstream.Online ? "" : ", offline")}");
        return string.Join(", ", parts);
    }
}
