using System.Globalization;
using EdgeSimulator.Terminals;
using Spectre.Console;

namespace EdgeSimulator.Reporting;

/// <summary>The batches as the user reads them; nothing when there was none.</summary>
public static class UplinkView
{
    public static void Show(UplinkReport report, Terminal terminal)
    {
        if (report.Batches > 0)
        {
            terminal.Block(Batches(report));
            terminal.Plain("Alone: each message with its own properties, as if it had come without a batch. The least: all compressed bytes in full units.");
        }

        if (report.DuplicateMembers > 0) terminal.Plain($"{report.DuplicateMembers:N0} messages were in batches a second time, and count once.");
        if (report.Unreadable > 0) terminal.Plain($"{report.Unreadable:N0} batches could not be unpacked; logs edgeHub tells why.", new Style(Color.Red));
        if (report.Day is { } day)
        {
            terminal.Plain(
                $"The data is of {day.Span.TotalSeconds:N0} s; at that rate a day costs {day.BytesPerDay:N0} bytes to the cloud, "
                + $"in {day.UnitsPerDay:N0} units of 4 KB.");
        }
    }

    private static Table Batches(UplinkReport report)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("in batches", "messages", "readings", "bytes", "4 KB units");
        for (var column = 1; column < table.Columns.Count; column++) table.Columns[column].RightAligned();
        foreach (var stream in report.Streams)
            Row($"{stream.Module}/{stream.Output}, alone", stream.Messages, stream.Readings, stream.Bytes, stream.MeteredUnits);
        Row("all of them, alone", report.Members, report.Items, report.Streams.Sum(stream => stream.Bytes), report.MeteredUnitsAlone);
        foreach (var priority in report.Priorities) Row($"batches, {priority.Priority}", priority.Batches, priority.MemberItems, priority.Bytes, priority.MeteredUnits);
        Row("the least", null, null, null, report.LeastUnits);
        return table;

        void Row(string name, params IEnumerable<long?> counts) =>
            table.AddRow([new Text(name), .. counts.Select(count => new Text(count?.ToString("N0", CultureInfo.InvariantCulture) ?? ""))]);
    }
}
