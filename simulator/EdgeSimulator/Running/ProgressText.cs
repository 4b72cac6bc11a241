using EdgeSimulator.Hub;

namespace EdgeSimulator.Running;

/// <summary>One line on how far a run is; rates are since the line before.</summary>
/// <param name="start">What a kept state holds already: it counts, and is no part of the rate.</param>
public sealed class ProgressText(HubStatus start)
{
    private TimeSpan _lastTime;
    private HubStatus _last = start;

    public string Next(TimeSpan elapsed, HubStatus hub, IReadOnlyCollection<string> sources)
    {
        var sent = Sent(hub, sources);
        var rate = (sent - Sent(_last, sources)) / Math.Max(0.001, (elapsed - _lastTime).TotalSeconds);
        (_lastTime, _last) = (elapsed, hub);
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

    private static long Sent(HubStatus hub, IReadOnlyCollection<string> sources) =>
        hub.Outputs.Where(output => sources.Contains(output.Module)).Sum(output => output.AcceptedReadings + output.UnroutedReadings);
}
