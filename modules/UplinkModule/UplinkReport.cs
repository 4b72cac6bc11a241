using EdgeModules.Uplink.Sending;
using EdgeModules.Uplink.Spool;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Uplink;

/// <summary>What the module says of itself.</summary>
internal static class UplinkReport
{
    /// <param name="daily">Of the settings; 0 for no limit.</param>
    public static JObject CostOf(DayCost day, long daily, DateTimeOffset now)
    {
        day = day.At(now);
        var json = new JObject
        {
            ["day"] = day.Day.ToString("yyyy-MM-dd"),
            ["units"] = new JObject { ["normal"] = day.NormalUnits, ["low"] = day.LowUnits },
            ["batches"] = day.Batches,
            ["bytes"] = day.Bytes,
            ["messages"] = day.Messages,
            ["items"] = day.Items,
            ["unitsEachMessageAlone"] = day.UnitsAlone,
            ["unitsEachItemAlone"] = day.Items,
        };
        // In reported properties null would take the key away.
        if (day.Projected(now) is { } projected) json["projectedUnitsPerDay"] = projected;
        if (daily > 0) json["dailyMeteredUnits"] = daily;
        return json;
    }

    public static JObject SpoolOf(SpoolState state)
    {
        var json = new JObject
        {
            ["batches"] = new JObject { ["normal"] = state[Lane.Normal].Stored.Count, ["low"] = state[Lane.Low].Stored.Count },
            ["bytes"] = state.StoredBytes,
            ["messagesWaitingForABatch"] = new JObject { ["normal"] = state[Lane.Normal].Tail.Count, ["low"] = state[Lane.Low].Tail.Count },
            ["items"] = state.Items,
        };
        var oldest = Lanes.All.Select(lane => state[lane].Oldest).OfType<StoredBatch>().MinBy(batch => batch.FirstTimestamp);
        if (oldest is not null) json["oldestTimestamp"] = oldest.FirstTimestamp;
        return json;
    }
}
