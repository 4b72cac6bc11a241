using EdgeSimulator.Hub;

namespace EdgeSimulator.Accounting;

/// <summary>
/// Compares the books of the modules with those of the hub. Every reading that one side has and the other has not counts, in whichever direction:
/// differences are never set off against each other.
/// </summary>
public static class Books
{
    /// <param name="ledgers">Module → its ledger; a module that told none is absent, and what it did is then a difference.</param>
    public static IReadOnlyList<Difference> Compare(IReadOnlyDictionary<string, ModuleLedger> ledgers, HubStatus hub) =>
    [
        .. Outputs(ledgers, hub).Concat(Endpoints(hub)).Concat(Inputs(ledgers, hub)).Concat(Outcomes(ledgers)).Concat(Summaries(ledgers)).Concat(Batches(hub))
            .Where(difference => difference.Readings != 0),
    ];

    private static IEnumerable<Difference> Outputs(IReadOnlyDictionary<string, ModuleLedger> ledgers, HubStatus hub)
    {
        var accepted = hub.Outputs
            .Where(output => output.Module != InjectedMessage.Sender)
            .GroupBy(output => (output.Module, output.Output))
            .ToDictionary(group => group.Key, group => group.Sum(output => output.AcceptedReadings + output.UnroutedReadings));
        var sent = ledgers
            .SelectMany(module => module.Value.Sent.Select(output => (Key: (Module: module.Key, Output: output.Key), Readings: output.Value)))
            .ToDictionary(output => output.Key, output => output.Readings);
        return sent.Keys.Union(accepted.Keys).Order().Select(key => new Difference(
            $"{key.Module}/outputs/{key.Output}",
            "sent by the module",
            sent.GetValueOrDefault(key),
            "accepted or unrouted by the hub",
            accepted.GetValueOrDefault(key)));
    }

    private static IEnumerable<Difference> Endpoints(HubStatus hub) => hub.Endpoints.Select(endpoint => new Difference(
        endpoint.Id,
        "accepted",
        endpoint.AcceptedReadings,
        "acknowledged, queued, expired or dropped",
        endpoint.AcknowledgedReadings + endpoint.QueuedReadings + endpoint.ExpiredReadings + endpoint.DroppedReadings));

    private static IEnumerable<Difference> Inputs(IReadOnlyDictionary<string, ModuleLedger> ledgers, HubStatus hub)
    {
        var acknowledged = hub.Endpoints
            .Where(endpoint => endpoint.Module is not null)
            .GroupBy(endpoint => endpoint.Module!)
            .ToDictionary(group => group.Key, group => group.Sum(endpoint => endpoint.AcknowledgedReadings));
        var receivers = ledgers.Where(module => module.Value.Received is not null).Select(module => module.Key).Union(acknowledged.Keys);
        return receivers.Order().Select(module => new Difference(
            module,
            "received by the module",
            ledgers.GetValueOrDefault(module)?.Received ?? 0,
            "acknowledged to the hub",
            acknowledged.GetValueOrDefault(module)));
    }

    private static IEnumerable<Difference> Outcomes(IReadOnlyDictionary<string, ModuleLedger> ledgers) =>
        from module in ledgers
        where module.Value.Received is not null
        orderby module.Key
        select new Difference(
            module.Key, "received", module.Value.Received!.Value + module.Value.Recovered, "accounted for by an outcome", module.Value.Outcomes);

    private static IEnumerable<Difference> Summaries(IReadOnlyDictionary<string, ModuleLedger> ledgers) =>
        from module in ledgers
        where module.Value.Folded != 0 || module.Value.InSummaries != 0
        orderby module.Key
        select new Difference(module.Key, "folded", module.Value.Folded, "in summaries sent, in open windows or forgotten", module.Value.InSummaries);

    private static IEnumerable<Difference> Batches(HubStatus hub) => hub.Batches.Select(batches => new Difference(
        $"batches of priority {batches.Priority}",
        "in batches that reached the cloud",
        batches.Items,
        "unpacked there, once or again",
        batches.MemberItems + batches.DuplicateItems));
}

/// <summary>One equation of the books: two counts of the same readings.</summary>
public sealed record Difference(string Place, string Left, long LeftReadings, string Right, long RightReadings)
{
    public long Readings => Math.Abs(LeftReadings - RightReadings);

    public override string ToString() => $"{Place}: {LeftReadings} {Left}, {RightReadings} {Right}";
}
