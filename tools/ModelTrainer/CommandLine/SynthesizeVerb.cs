using System.CommandLine;
using System.Globalization;
using EdgeModules.ModelTrainer.Data;
using EdgeModules.Sensing;
using static EdgeModules.ModelTrainer.CommandLine.OptionParsing;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary><c>synthesize</c>: data of the SensorModule's synthetic devices.</summary>
internal static class SynthesizeVerb
{
    // 31 January 2026, 12:00 UTC.
    private const long Epoch = 1_769_860_800_000;

    public static Command Create(TextWriter output)
    {
        var file = Required("--out", "FILE.csv", "The readings, with a column label");
        var devices = Whole("--devices", "Devices", 100, 1, 100_000);
        var readings = Whole("--readings", "Readings of each device", 3_600, 1, 10_000_000);
        var interval = Decimal("--interval-seconds", "Time between two readings of a device", 1, 0.001, 86_400);
        var seed = Whole("--seed", "Equal seeds give equal data", 1, 0, int.MaxValue);
        var spikes = Decimal("--spike-rate", "Share of readings with one metric far off", 0, 0, 1);
        var drifts = Decimal("--drift-rate", "Share of readings in blocks over which one metric runs away", 0, 0, 1);
        var stuck = Decimal("--stuck-rate", "Share of readings in blocks in which a device repeats itself", 0, 0, 1);
        var verb = new Command("synthesize", "Write readings of the SensorModule's synthetic devices as CSV, with labels of the faults")
        {
            file, devices, readings, interval, seed, spikes, drifts, stuck,
        };
        verb.SetAction(result =>
        {
            var settings = new SyntheticSettings
            {
                Devices = (int)result.GetValue(devices),
                IntervalSeconds = result.GetValue(interval),
                Seed = result.GetValue(seed),
                Epoch = new Epoch(Epoch),
                Readings = result.GetValue(devices) * result.GetValue(readings),
                Faults = new FaultSettings { SpikeRate = result.GetValue(spikes), DriftRate = result.GetValue(drifts), StuckRate = result.GetValue(stuck) },
            };
            using var text = new StringWriter(CultureInfo.InvariantCulture);
            var rows = Synthesizer.Write(settings, text);
            Files.Write(result.GetRequiredValue(file), text.ToString());
            output.WriteLine($"{result.GetRequiredValue(file)}: {rows} readings");
            return TrainerCommandLine.Done;
        });
        return verb;
    }
}
