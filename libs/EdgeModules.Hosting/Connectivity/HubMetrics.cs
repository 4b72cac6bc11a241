namespace EdgeModules.Hosting.Connectivity;

/// <summary>What edgeHub's metrics page, in Prometheus' text format, says of the way to the cloud.</summary>
/// <param name="Instance">Another one for each start of edgeHub: its counters begin anew.</param>
/// <param name="TimesOffline"><c>edgehub_offline_count_total</c>.</param>
/// <param name="TimesBack">Count of <c>edgehub_offline_duration_seconds</c>. A start is the end of an absence too, so that online it is the greater one.</param>
/// <param name="Queued"><c>edgehub_queue_length</c> of the endpoint <c>iothub</c>, over all priorities.</param>
/// <param name="Sent">Count of <c>edgehub_message_send_duration_seconds</c> to <c>upstream</c>.</param>
/// <param name="SentSeconds">Their sum.</param>
public sealed record HubMetrics(string Instance, double TimesOffline, double TimesBack, long Queued, double Sent, double SentSeconds)
{
    private const string Source = "edgeHub's metrics";

    /// <param name="page">Lines that are none of these are skipped.</param>
    /// <returns>Null when the page says nothing of it: it is another's, or of an edgeHub that has just started.</returns>
    public static HubMetrics? Read(string page)
    {
        var (instance, offline, back, queued, sent, sentSeconds, isHub) = ("", 0.0, 0.0, 0.0, 0.0, 0.0, false);
        foreach (var line in page.Split('\n'))
        {
            if (PrometheusSample.Parse(line) is not { } sample) continue;
            switch (sample.Name)
            {
                case "edgehub_offline_count_total":
                    offline += sample.Value;
                    break;
                case "edgehub_offline_duration_seconds_count":
                    back += sample.Value;
                    break;
                case "edgehub_queue_length" when sample.Label("endpoint") == "iothub":
                    queued += sample.Value;
                    break;
                case "edgehub_message_send_duration_seconds_count" when sample.Label("to") == "upstream":
                    sent += sample.Value;
                    break;
                case "edgehub_message_send_duration_seconds_sum" when sample.Label("to") == "upstream":
                    sentSeconds += sample.Value;
                    break;
            }

            if (!sample.Name.StartsWith("edgehub_", StringComparison.Ordinal)) continue;
            isHub = true;
            instance = sample.Label("instance_number") ?? instance;
        }

        return isHub ? new HubMetrics(instance, offline, back, (long)queued, sent, sentSeconds) : null;
    }

    /// <param name="before">The look before; null for none.</param>
    public Evidence Since(HubMetrics? before)
    {
        if (TimesBack <= TimesOffline) return new Evidence(Source) { Trouble = "edgeHub does not reach the cloud.", Queued = Queued };
        var isSame = before is not null && before.Instance == Instance && Sent > before.Sent;
        return new Evidence(Source) { Queued = Queued, LatencyMs = isSame ? 1000 * (SentSeconds - before!.SentSeconds) / (Sent - before.Sent) : null };
    }
}
