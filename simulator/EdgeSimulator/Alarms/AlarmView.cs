using System.Globalization;
using EdgeSimulator.Terminals;
using Spectre.Console;

namespace EdgeSimulator.Alarms;

/// <summary>Alarms, actions and their times as the user reads them; nothing when there was none.</summary>
public static class AlarmView
{
    public static void Show(AlarmReport report, Terminal terminal)
    {
        if (report.IsEmpty) return;
        if (report.Alarms.Count > 0) terminal.Block(Alarms(report));
        foreach (var (action, counts) in report.Actions)
        {
            var outcomes = counts.Outcomes.Count == 0 ? "none" : string.Join(", ", counts.Outcomes.Select(outcome => $"{outcome.Key} {outcome.Value:N0}"));
            terminal.Plain($"Action {action}: {counts.Commands:N0} commands, {counts.Delivered:N0} delivered; outcomes told: {outcomes}.");
        }

        Show("its critical alert reached the hub", report.Alerts, terminal);
        Show("its command was handed to the actuator", report.Commands, terminal);
    }

    private static Table Alarms(AlarmReport report)
    {
        var table = new Table().Border(TableBorder.Ascii2);
        table.AddColumns("alarms in this run", "raised, warning", "raised, critical", "escalated", "deescalated", "cleared");
        for (var column = 1; column < table.Columns.Count; column++) table.Columns[column].RightAligned();
        foreach (var (rule, counts) in report.Alarms)
            Row(rule, counts.RaisedAsWarning, counts.RaisedAsCritical, counts.Escalated, counts.Deescalated, counts.Cleared);
        return table;

        void Row(string rule, params IEnumerable<long> counts) =>
            table.AddRow([new Text(rule), .. counts.Select(count => new Text(count.ToString("N0", CultureInfo.InvariantCulture)))]);
    }

    private static void Show(string end, AlarmTimes times, Terminal terminal)
    {
        if (times.Measured.Count + times.Unmeasured == 0) return;
        var measured = times.Measured.Count == 0 ? "none measured" : $"{times.Measured} ({times.Measured.Count:N0} measured)";
        var unmeasured = times.Unmeasured == 0 ? "" : $"; {times.Unmeasured:N0} not measured, as their reading was not at hand any more";
        terminal.Plain($"From a reading reaching the hub until {end}: {measured}{unmeasured}.");
    }
}
