using EdgeSimulator.CommandLine;
using EdgeSimulator.Manifests;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tours;

/// <summary>What the tour <c>shadow</c> plays with: its sensors, its policy, and the times of its plant.</summary>
public static class TourScript
{
    public const string Name = "shadow";
    public const string Source = TwinOverrides.Source;
    public const string Scorer = "InferenceModule";

    /// <summary>So many machines, so many times faster than life.</summary>
    public const int Devices = 20;

    /// <inheritdoc cref="Devices"/>
    public const int Speed = 60;

    /// <summary>The machines work; a reading follows from its time, so that each tour has the same ones.</summary>
    public static readonly DateTimeOffset Friday = new(2026, 1, 30, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The machines stand still.</summary>
    public static readonly DateTimeOffset Saturday = new(2026, 1, 31, 2, 0, 0, TimeSpan.Zero);

    /// <summary>They start again.</summary>
    public static readonly DateTimeOffset Monday = new(2026, 2, 2, 6, 0, 0, TimeSpan.Zero);

    /// <summary>Errors: what modules tell else would drown the story; it is in their logs.</summary>
    public const int LeastSevereLog = 3;

    private const int CycleSeconds = 600;

    /// <summary>Faults of the plant, so that models have something to find.</summary>
    private const double SpikeRate = 0.0005;

    /// <summary>Other than by default: setting, value, and why.</summary>
    public static readonly IReadOnlyList<(string Setting, double Value, string Default)> Policy =
    [
        ("minShadowMinutes", 0.5, "60"),
        ("maxShadowMinutes", 3, "1440"),
        ("probationMinutes", 0.5, "60"),
        // All of the suite on one machine, that of a developer: a call may have to wait for the processor.
        ("maxLatencyP99Ms", 100, "10"),
    ];

    /// <summary>The options of a run that is a tour. What the user sets goes before what the tour sets.</summary>
    /// <exception cref="SimulatorException">The user asked for something that the tour has its own of.</exception>
    public static RunOptions OptionsOf(RunOptions options)
    {
        (string Option, bool IsGiven)[] own =
        [
            ("--data", options.Data is not null), ("--devices", options.Devices is not null), ("--speed", options.Speed is not null),
            ("--epoch", options.Epoch is not null), ("--duration", options.Duration is not null), ("--only", options.HubOnly),
            ("--offline", options.Offline.Count > 0),
        ];
        if (own.FirstOrDefault(option => option.IsGiven).Option is { } given)
            throw new SimulatorException($"{given} does not go with --tour, which has sensors and times of its own.");
        var policy = Policy.Select(setting => $"{Scorer}.policy.{setting.Setting}={JsonConvert.ToString(setting.Value)}");
        var spikes = $"{Source}.synthetic.faults.spikeRate={JsonConvert.ToString(SpikeRate)}";
        return options with { Devices = Devices, Speed = Speed, Set = [.. Assignments(Friday, isWorking: true), spikes, .. policy, .. options.Set] };
    }

    /// <exception cref="SimulatorException">A run has used that state: its models have had their verdicts.</exception>
    public static void CheckState(string directory)
    {
        if (Directory.Exists(Path.Combine(directory, "modules")))
            throw new SimulatorException($"The state directory {directory} (--state) has been used; --tour begins with a fresh one.");
    }

    /// <summary>The desired properties of the sensors for another time of the plant.</summary>
    public static JObject Plant(DateTimeOffset from, bool isWorking) => TwinPath.ParseAll(
        Assignments(from, isWorking).Select(assignment => assignment[(Source.Length + 1)..]));

    private static IEnumerable<string> Assignments(DateTimeOffset from, bool isWorking) =>
    [
        $"{Source}.synthetic.epoch={from.ToUnixTimeMilliseconds()}",
        $"{Source}.synthetic.cycleSeconds={(isWorking ? CycleSeconds : 0)}",
    ];
}
