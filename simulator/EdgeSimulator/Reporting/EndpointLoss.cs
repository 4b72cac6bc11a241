using EdgeSimulator.Hub;

namespace EdgeSimulator.Reporting;

/// <summary>Readings that the hub had accepted for a receiver and dropped.</summary>
/// <param name="Endpoint"><c>device/module/input</c>, or <c>iothub</c>.</param>
/// <param name="ExpiredReadings">They outlived their time to live in the queue.</param>
/// <param name="DroppedReadings">Their message was over edgeHub's size limit.</param>
public sealed record EndpointLoss(string Endpoint, long ExpiredReadings, long DroppedReadings)
{
    public static IReadOnlyList<EndpointLoss> Of(HubStatus hub) =>
        [.. hub.Endpoints
            .Where(endpoint => endpoint.ExpiredReadings > 0 || endpoint.DroppedReadings > 0)
            .Select(endpoint => new EndpointLoss(endpoint.Id, endpoint.ExpiredReadings, endpoint.DroppedReadings))];

    public override string ToString()
    {
        var causes = new List<string>();
        if (ExpiredReadings > 0) causes.Add($"{ExpiredReadings:N0} readings outlived their time to live");
        if (DroppedReadings > 0) causes.Add($"{DroppedReadings:N0} readings were in messages over the size limit");
        return $"Dropped by the hub on the way to {Endpoint}: {string.Join(", ", causes)}.";
    }
}
