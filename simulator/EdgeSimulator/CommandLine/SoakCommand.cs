using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeSimulator.Soak;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>soak</c>: the suite under faults; it starts a suite of its own.</summary>
internal static class SoakCommand
{
    private const double MostMinutes = 7 * 24 * 60;

    private static string Names => string.Join(", ", FaultKinds.All.Select(FaultKinds.NameOf));

    public static Command Create(VerbHost host)
    {
        var seed = Whole("--seed", "Which faults come, in which order, on whom and how long", usual: 1, least: 0, most: int.MaxValue);
        var minutes = Parsed("--minutes", "N", "Inject faults for so long [default: 10]", result => Number(result, 0.1, MostMinutes, whole: false));
        var rounds = Whole("--rounds", "Go on beyond them until each fault has come so often", usual: 0, least: 0, most: 1_000_000);
        var faults = Parsed("--faults", "LIST", $"Only these, separated by commas [default: all of {Names}]", Faults);
        var devices = Whole("--devices", "Sensors, each with a reading a second", usual: 1000, least: 1, most: 100_000);
        var longest = Parsed("--longest-fault", "SECONDS", "No fault lasts longer, and no time between two [default: 90]", result => Seconds(result, 1, 3600));
        var manifest = Text("--manifest", "FILE", "Deployment template or manifest [default: deployment.template.json here or above]");
        var state = Text("--state", "DIR", "Keep state and logs here [default: a fresh directory under .edgesimulator]");
        var report = Text("--report", "FILE.json", "Write the result as JSON");
        var hubPort = Port("--hub-port", 8883, "Port of MQTT over TLS");
        var httpsPort = Port("--https-port", 8443, "Port of module-to-module methods over HTTPS");
        var verb = new Verb(
            "soak",
            "Run the suite under faults, every part in a process of its own, and end with a verdict: every reading accounted for, no critical alert lost, "
            + "no window counted twice",
            "soak --minutes 10 --seed 7",
            "soak --minutes 10 --faults kill,killAll --report soak.json")
        {
            seed, minutes, rounds, faults, devices, longest, manifest, state, report, hubPort, httpsPort, host.ApiPort,
        };
        verb.SetAction((result, _) =>
        {
            if (OperatingSystem.IsWindows()) throw new SimulatorException("soak stops processes by signals, which Windows does not have; run it on Linux.");
            return new SoakRun(host.Terminal, host.Clock).RunAsync(new SoakOptions
            {
                Seed = result.GetValue(seed),
                Length = TimeSpan.FromMinutes(result.GetValue(minutes) ?? 10),
                Rounds = result.GetValue(rounds),
                Faults = result.GetValue(faults) ?? FaultKinds.All,
                Devices = result.GetValue(devices),
                LongestFault = result.GetValue(longest) ?? TimeSpan.FromSeconds(90),
                Manifest = result.GetValue(manifest),
                State = result.GetValue(state),
                Report = result.GetValue(report),
                HubPort = result.GetValue(hubPort),
                HttpsPort = result.GetValue(httpsPort),
                ApiPort = result.GetValue(host.ApiPort),
            });
        });
        return verb;
    }

    private static IReadOnlyList<FaultKind>? Faults(ArgumentResult result)
    {
        var found = new List<FaultKind>();
        foreach (var name in result.Tokens[^1].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (FaultKinds.Find(name) is { } kind)
            {
                found.Add(kind);
                continue;
            }

            result.AddError($"{NameOf(result)} has \"{name}\"; it must be some of {Names}.");
            return null;
        }

        return found;
    }
}
