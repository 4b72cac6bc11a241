using EdgeSimulator.Terminals;
using Spectre.Console;

namespace EdgeSimulator.Soak;

/// <summary>A soak as the user reads it.</summary>
internal static class SoakView
{
    public static void Show(SoakResult result, Terminal terminal)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("fault", "injected", "recovered", "p50 s", "max s");
        for (var column = 1; column < table.Columns.Count; column++) table.Columns[column].RightAligned();
        foreach (var fault in result.Faults)
        {
            table.AddRow(
                FaultKinds.NameOf(fault.Kind),
                $"{fault.Injected}",
                $"{fault.Recovery.Count}",
                $"{fault.Recovery.Percentile(0.5).TotalSeconds:0.0}",
                $"{fault.Recovery.Max.TotalSeconds:0.0}");
        }

        terminal.Plain();
        terminal.Block(table);
        terminal.Plain(
            $"Readings: {result.ReadingsSent:N0} sent, {result.ReadingsInjected:N0} injected, {result.LostReadings:N0} lost by the hub and counted, "
            + $"{result.UnaccountedReadings:N0} unaccounted for; {result.Redelivered:N0} came to modules again and were known.");
        terminal.Plain(
            $"Critical alerts: {result.CriticalsSent:N0} sent, {result.CriticalsSent - result.Missing.Count:N0} reached the cloud; "
            + $"{result.CriticalsUncertain:N0} more were sent while the hub was away.");
        terminal.Plain(
            $"Windows: {result.Windows:N0} reached the cloud; they differ from the module's books by {result.WindowDifference:N0} readings. "
            + $"{result.CloudRepeats:N0} of {result.CloudMessages:N0} messages came twice, under the same id.");
        foreach (var missing in result.Missing.Take(20)) terminal.Error($"Critical alert {missing} did not reach the cloud.");
        foreach (var mistake in result.Mistakes.Take(50)) terminal.Error(mistake);
        terminal.Plain();
        if (result.IsGood) terminal.Plain("Every reading is accounted for, no critical alert is lost, no window is counted twice.", new Style(Color.Green));
        else terminal.Plain($"Not as promised. The faults were those of --seed {result.Options.Seed}.", new Style(Color.Red));
    }
}
