using System.Text.RegularExpressions;
using EdgeSimulator.Tests.EndToEnd;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Suite;

/// <summary>State files that a disk has spoilt between two runs: each module starts, keeps what it found, and does the second half of the data whole.</summary>
public sealed partial class DamagedStateTests
{
    private const int FirstReadings = 2_000;
    private const int Readings = 5_000;

    /// <summary>Module → which of its files, and what became of it.</summary>
    private static readonly Dictionary<string, (string File, Func<byte[], byte[]> Spoil)> Damages = new()
    {
        ["ActuatorModule"] = ("ActuatorModule.db", content => content[..1000]),
        ["AggregatorModule"] = ("AggregatorModule.db", content => Garbage(content.Length)),
        ["AlertModule"] = ("AlertModule.db", content => [.. content[..(content.Length / 2)], .. Garbage(content.Length / 2)]),
        ["FilterModule"] = ("FilterModule.journal", content => Garbage(content.Length)),
        ["InferenceModule"] = ("InferenceModule.journal", content => [.. content[..(content.Length / 2)], 0xff, .. content[(content.Length / 2 + 1)..]]),
    };

    [Fact]
    public async Task Run_StateFilesOfEveryModuleSpoilt_AreSetAsideAndNothingNewIsLost()
    {
        await using var suite = new SuiteProcess();
        suite.Start(Arguments(FirstReadings));
        Assert.True(await suite.WaitAsync() == 0, suite.Output);
        Assert.Equal(FirstReadings, suite.Report["readings"]!.Value<long>("sent"));
        foreach (var (module, (file, spoil)) in Damages)
        {
            var path = Path.Combine(suite.StateOf(module), file);
            File.WriteAllBytes(path, spoil(File.ReadAllBytes(path)));
        }

        suite.Start(Arguments(Readings));
        // The books of the first run are gone: that, and nothing else, is what does not add up.
        Assert.True(await suite.WaitAsync() == 1, suite.Output);
        Assert.Equal(Readings, suite.Report["readings"]!.Value<long>("sent"));
        foreach (var module in Damages.Keys)
        {
            Assert.Contains(Directory.GetFiles(suite.StateOf(module)), file => file.Contains(".damaged-", StringComparison.Ordinal));
            Assert.Contains("it was set aside as", suite.LogOf(module), StringComparison.Ordinal);
            if (module != "ActuatorModule")
                Assert.InRange(suite.Report["modules"]![module]!.Value<long>("received"), Readings - FirstReadings, Readings - 1);
        }

        Assert.All(suite.Report["differences"]!, difference => AssertOfTheFirstRun(difference.Value<string>()!));
    }

    private static string[] Arguments(int readings) =>
    [
        "--devices", "20", "--speed", "100", "--epoch", "2026-01-31T00:00:00Z", "--set", $"SensorModule.synthetic.readings={readings}",
        "--set", "AlertModule.rules.temperatureHigh.action=buzz",
    ];

    private static void AssertOfTheFirstRun(string difference)
    {
        Assert.Contains(Damages.Keys, module => difference.StartsWith(module, StringComparison.Ordinal));
        var counts = Number().Matches(difference).Select(match => long.Parse(match.Value)).ToList();
        // AlertModule receives scores too, of which there are never more than readings.
        Assert.InRange(Math.Abs(counts[0] - counts[1]), 1, 2 * FirstReadings);
    }

    private static byte[] Garbage(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 % 251))];

    [GeneratedRegex(@"\b\d+\b")]
    private static partial Regex Number();
}
