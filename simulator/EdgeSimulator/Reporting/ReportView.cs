using EdgeSimulator.Alarms;
using EdgeSimulator.Scoring;
using EdgeSimulator.Terminals;
using EdgeSimulator.Tours;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace EdgeSimulator.Reporting;

/// <summary>The report as the user reads it.</summary>
public static class ReportView
{
    public static void Show(RunReport report, Terminal terminal)
    {
        terminal.Plain();
        terminal.Block(Modules(report));
        terminal.Block(Cloud(report));
        terminal.Plain(
            $"Each reading alone: one message of its own JSON and {EveryReadingAlone.PropertyBytes} bytes of properties; IoT Hub meters in units of 4 KB.");
        UplinkView.Show(report.Uplink, terminal);
        AlarmView.Show(report.Alarms, terminal);
        ScoreView.Show(report.Scores, terminal);
        if (report.ReadingsInjected > 0) terminal.Plain($"{report.ReadingsInjected:N0} readings were put on inputs by hand, with the verb send.");
        foreach (var note in report.Notes) terminal.Plain(note);
        foreach (var loss in report.Losses) terminal.Plain(loss.ToString(), new Style(Color.Yellow));
        terminal.Plain();
        if (report.Tour is { } tour) Show(tour, terminal);
        if (report.UnaccountedReadings == 0)
        {
            terminal.Plain($"All {report.ReadingsSent:N0} readings sent are accounted for.", new Style(Color.Green));
            return;
        }

        terminal.Plain($"{report.UnaccountedReadings:N0} readings are unaccounted for:", new Style(Color.Red));
        foreach (var difference in report.Differences) terminal.Plain($"  {difference}", new Style(Color.Red));
    }

    private static void Show(TourResult tour, Terminal terminal)
    {
        if (tour.WentAsTold) terminal.Plain($"The tour went as told, in {tour.Elapsed.TotalSeconds:0} s.", new Style(Color.Green));
        foreach (var difference in tour.Differences) terminal.Plain($"The tour went otherwise: {difference}", new Style(Color.Red));
    }

    private static Table Modules(RunReport report)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("process", "received", "became", "sent", "restarts", "CPU s", "peak MB");
        table.Columns[0].NoWrap();
        foreach (var column in new[] { 1, 4, 5, 6 }) table.Columns[column].RightAligned();
        foreach (var process in report.Processes)
        {
            var ledger = report.Ledgers.GetValueOrDefault(process.Name);
            table.AddRow(
                new Text(process.Name),
                new Text(ledger?.Received is { } received ? $"{received:N0}" : ""),
                new Text(ledger is null ? "" : Became(ledger.Json)),
                new Text(ledger is null ? "" : string.Join("\n", ledger.Sent.Select(output => $"{output.Key} {output.Value:N0}"))),
                new Text($"{process.Restarts}"),
                new Text($"{process.Usage.Cpu.TotalSeconds:N1}"),
                new Text($"{process.Usage.PeakMemoryBytes / 1048576.0:N0}"));
        }

        return table;
    }

    private static Table Cloud(RunReport report)
    {
        var (cloud, alone) = (report.Upstream, report.Alone);
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("to the cloud", "messages", "readings", "bytes", "4 KB units", "duplicates");
        for (var column = 1; column < table.Columns.Count; column++) table.Columns[column].RightAligned();
        foreach (var stream in report.Streams)
            Row($"{stream.Module}/{stream.Output}", Number(stream.Messages), Number(stream.Readings), Number(stream.Bytes), Number(stream.MeteredUnits), "");
        Row("this suite", Number(cloud.Messages), Number(cloud.Readings), Number(cloud.Bytes), Number(cloud.MeteredUnits), Number(cloud.DuplicateMessages));
        Row("each reading alone", Number(alone.Messages), Number(alone.Messages), Number(alone.Bytes), Number(alone.MeteredUnits), "");
        Row(
            "saved",
            Saved(cloud.Messages, alone.Messages),
            Saved(cloud.Readings, alone.Messages),
            Saved(cloud.Bytes, alone.Bytes),
            Saved(cloud.MeteredUnits, alone.MeteredUnits),
            "");
        return table;

        void Row(params string[] cells) => table.AddRow(cells);
        static string Number(long? value) => $"{value:N0}";
    }

    private static string Saved(long used, long? alone) => alone is > 0 ? $"{1 - (double)used / alone.Value:P1}" : "";

    /// <summary>Every counter but those with a column of their own.</summary>
    private static string Became(JObject ledger) => string.Join("\n", ledger.Properties()
        .Where(counter => counter.Name is not ("received" or "sent" or "generatedBytes"))
        .SelectMany(counter => counter.Value is JObject reasons
            ? reasons.Properties().Select(reason => (Name: $"{counter.Name} ({reason.Name})", reason.Value))
            : [(counter.Name, counter.Value)])
        .Where(counter => counter.Value is JValue { Value: long and not 0 })
        .Select(counter => $"{counter.Name} {counter.Value.Value<long>():N0}"));
}
