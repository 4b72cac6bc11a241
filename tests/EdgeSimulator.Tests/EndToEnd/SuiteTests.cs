using EdgeModules.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.EndToEnd;

/// <summary>One test a promise, with processes, TLS, the shipped data and the default manifest.</summary>
public sealed class SuiteTests
{
    private const int ReadingsOfTheDataSet = 18_914;

    [Fact]
    public async Task Run_WholeDataSet_EndsByItselfWithEveryReadingAccountedFor()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "max");
        Assert.True(await suite.WaitAsync() == 0, suite.Output);

        var report = suite.Report;
        Assert.Equal(ReadingsOfTheDataSet, report["readings"]!["sent"]!.Value<long>());
        Assert.Equal(ReadingsOfTheDataSet, report["modules"]!["FilterModule"]!["received"]!.Value<long>());
        Assert.Equal(0, report["unaccountedReadings"]!.Value<long>());
        Assert.Equal(0, report["upstream"]!["duplicates"]!.Value<long>());
        Assert.Equal(report["modules"]!["FilterModule"]!["forwarded"]!.Value<long>(), FilteredOf(suite.Cloud).Count);
        var members = suite.Cloud.Where(message => message.ContainsKey("batchId")).ToList();
        Assert.Equal(report["upstream"]!["messages"]!.Value<int>(), suite.Cloud.Count - members.Count);
        AssertBatches(report, members);
        AssertAggregates(suite);
        AssertScores(report);
        Assert.True(report["processes"]!["FilterModule"]!["cpuSeconds"]!.Value<double>() > 0);
        Assert.True(report["processes"]!["SensorModule"]!["peakMemoryBytes"]!.Value<long>() > 1 << 20);
    }

    [Fact]
    public async Task Run_RowThatCannotBeRead_IsNamedInOneLineAndEndsWith2()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--data", suite.Write("bad.csv", "deviceId,temperature\na,1\nb,warm\n"));
        Assert.Equal(2, await suite.WaitAsync());
        Assert.Matches("(?m)^error: SensorModule: .*bad.csv line 3, column \"temperature\" is \"warm\".*$", suite.Output);
    }

    [Fact]
    public async Task Run_SameEpochTwice_GivesTheSameReadingsToTheCloud()
    {
        var runs = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var suite = new SuiteProcess();
            suite.Start("--speed", "max", "--epoch", "2026-01-31T00:00:00Z");
            Assert.True(await suite.WaitAsync() == 0, suite.Output);
            runs.Add(string.Join('\n', FilteredOf(suite.Cloud).Select(reading => reading.ToString(Newtonsoft.Json.Formatting.None))));
        }

        Assert.Equal(runs[0], runs[1]);
    }

    [Fact]
    public async Task Run_CloudAwayForAWhile_LosesNothingKeepsTheOrderAndRepeatsNothing()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "3000", "--offline", "2-6");
        Assert.True(await suite.WaitAsync() == 0, suite.Output);

        Assert.Equal(ReadingsOfTheDataSet, suite.Report["readings"]!["sent"]!.Value<long>());
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
        Assert.Equal(0, suite.Report["upstream"]!["duplicates"]!.Value<long>());
        var cloud = suite.Cloud;
        Assert.Equal(cloud.Count, cloud.Select(message => message["messageId"]!.Value<string>()).Distinct().Count());
        AssertInOrder(cloud);
    }

    [Fact]
    public async Task Run_SimulatorKilledInMidRun_GoesOnFromItsStateAndLosesNothing()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "1500", "--offline", "0-600");
        await suite.WaitForOutputAsync("Opened the Replay source");
        await Waiting.ForAsync(async () => await suite.ReceivedAsync("UplinkModule") > 200, "the UplinkModule holds what the cloud is to have");
        await suite.KillAsync();
        Assert.Empty(suite.Cloud);

        suite.Start("--speed", "1500");
        Assert.True(await suite.WaitAsync() == 0, suite.Output);
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["readings"]!["sent"]!.Value<long>());
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["modules"]!["FilterModule"]!["received"]!.Value<long>());
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
        // A message that FilterModule had handed over without hearing so comes again under its id. What waited comes behind what is new.
        Assert.Equal(
            suite.Report["modules"]!["FilterModule"]!["forwarded"]!.Value<long>(),
            FilteredOf(suite.Cloud.DistinctBy(message => message["messageId"]!.Value<string>())).Count);
    }

    [Fact]
    public async Task Run_ModulesKilledInMidRun_LosesNothing()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "1500", "--restart-backoff", "0.5", "--manifest", suite.ManifestWithAckTimeout(2));
        await suite.WaitForOutputAsync("Opened the Replay source");
        await suite.KillModuleAsync("FilterModule");
        await suite.KillModuleAsync("SensorModule");
        await suite.KillModuleAsync("FilterModule");
        Assert.True(await suite.WaitAsync() == 0, suite.Output);

        Assert.Equal(ReadingsOfTheDataSet, suite.Report["readings"]!["sent"]!.Value<long>());
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["modules"]!["FilterModule"]!["received"]!.Value<long>());
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
    }

    /// <summary>Ten minutes of 200 sensors, a reading a second each: every window must have its sixty.</summary>
    [Fact]
    public async Task Run_AggregatorKilledThrice_HasEveryReadingInItsWindowOnce()
    {
        const int Devices = 200, Windows = 10, Readings = Devices * Windows * 60;
        await using var suite = new SuiteProcess();
        suite.Start(
            "--devices", $"{Devices}", "--speed", "20", "--epoch", "2026-01-31T00:00:00Z", "--set", $"SensorModule.synthetic.readings={Readings}",
            "--restart-backoff", "0.5", "--manifest", suite.ManifestWithAckTimeout(2));
        await suite.WaitForOutputAsync("Opened the Synthetic source");
        foreach (var received in (int[])[Readings / 10, 3 * Readings / 10, 5 * Readings / 10])
        {
            await Waiting.ForAsync(async () => await suite.ReceivedAsync("AggregatorModule") >= received, $"{received} readings are received");
            await suite.KillModuleAsync("AggregatorModule");
        }

        Assert.True(await suite.WaitAsync() == 0, suite.Output);
        Assert.Equal(Readings, suite.Report["readings"]!["sent"]!.Value<long>());
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
        Assert.Equal(3, suite.Report["processes"]!["AggregatorModule"]!["restarts"]!.Value<int>());
        var ledger = suite.Report["modules"]!["AggregatorModule"]!;
        Assert.Equal(Readings, Count(ledger["folded"]));
        // A message that was sent and not acknowledged is sent again after a kill, with the same summaries.
        var windows = ItemsOf(suite.Cloud, "AggregatorModule", "aggregate").DistinctBy(item => item["summaryId"]!.Value<string>()).ToList();
        Assert.All(windows, window => Assert.Equal((60, 0), (window["readingCount"]!.Value<int>(), window["revision"]!.Value<int>())));
        Assert.Equal(Readings, windows.Sum(window => window["readingCount"]!.Value<int>()) + Count(ledger["open"]));
    }

    [Fact]
    public async Task Run_AlertModuleKilledInMidRun_ForgetsNoAlarmAndRaisesNoneTwice()
    {
        var runs = new List<Dictionary<string, string>>();
        foreach (var kills in (int[])[0, 2])
        {
            await using var suite = new SuiteProcess();
            suite.Start(
                "--speed", "1500", "--epoch", "2026-01-31T00:00:00Z", "--restart-backoff", "0.5", "--manifest", suite.ManifestWithAckTimeout(2),
                "--set", "AlertModule.rules.humidityHigh.critical=85", "--set", "AlertModule.rules.humidityHigh.action=buzz");
            await suite.WaitForOutputAsync("Opened the Replay source");
            for (var i = 0; i < kills; i++) await suite.KillModuleAsync("AlertModule");
            Assert.True(await suite.WaitAsync() == 0, suite.Output);
            Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
            // What is sent again after a crash is the same, under the same id.
            runs.Add(suite.Cloud
                .Where(message => message["moduleId"]!.Value<string>() is "AlertModule" or "ActuatorModule")
                .Select(message => (Id: message["messageId"]!.Value<string>()!, Body: message["body"]!.ToString(Newtonsoft.Json.Formatting.None)))
                .Distinct().ToDictionary(message => message.Id, message => message.Body));
        }

        Assert.Contains(runs[0].Keys, id => id.StartsWith("alert/", StringComparison.Ordinal));
        Assert.Equal(runs[0].Where(IsAlert).OrderBy(message => message.Key), runs[1].Where(IsAlert).OrderBy(message => message.Key));
        // Of what the actuator did only the time on its clock differs.
        Assert.Equal(runs[0].Keys.Order(), runs[1].Keys.Order());

        static bool IsAlert(KeyValuePair<string, string> message) => message.Key.StartsWith("alert/", StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwinSet_WhileRunning_IsAcknowledgedOrRefusedWithTheReason()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "60");
        await suite.WaitForOutputAsync("Opened the Replay source");

        var (exitCode, output) = await suite.VerbAsync("twin", "set", "FilterModule", "deadbands.temperature=5");
        Assert.True(exitCode == 0, output);
        Assert.Contains("200", output);

        (exitCode, output) = await suite.VerbAsync("twin", "set", "FilterModule", "deadbands.temperature=-1", "maxSilenceSeconds=1");
        Assert.True(exitCode == 1, output);
        Assert.Contains("deadbands.temperature is -1; it must be a number of 0 or more", output);

        (exitCode, output) = await suite.VerbAsync("twin", "get", "FilterModule");
        Assert.Equal(0, exitCode);
        var reported = JObject.Parse(output[output.IndexOf('{')..])["reported"]!;
        Assert.Equal(5, reported["deadbands"]!["value"]!["temperature"]!.Value<double>());
        Assert.Equal(300, reported["maxSilenceSeconds"]!["value"]!.Value<int>());
    }

    [SkippableFact]
    public async Task Simulator_KilledWithSigkill_TakesItsModulesAlong()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "On other systems than Linux and Windows children outlive a parent that is killed.");
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "60");
        await suite.WaitForOutputAsync("Opened the Replay source");
        int[] modules = [await suite.PidAsync("FilterModule"), await suite.PidAsync("SensorModule")];
        suite.Process.Kill();
        await Waiting.ForAsync(() => modules.All(module => !LinuxProcess.Lives($"{module}")), "the modules have ended");
    }

    [Fact]
    public async Task Run_PortInUse_SaysSoInOneLineAndEndsWith2()
    {
        await using var first = new SuiteProcess();
        first.Start("--only", "hub");
        await first.WaitForOutputAsync("port");
        var (exitCode, output) = await first.VerbAsync("run", "--hub-port", "1", "--duration", "1");
        Assert.Equal(2, exitCode);
        Assert.Single(output.Trim().Split('\n'));
    }

    /// <summary>Every reading is in the summary of one window, or the ledger says where else.</summary>
    private static void AssertAggregates(SuiteProcess suite)
    {
        var ledger = suite.Report["modules"]!["AggregatorModule"]!;
        var aggregates = ItemsOf(suite.Cloud, "AggregatorModule", "aggregate");
        var late = ItemsOf(suite.Cloud, "AggregatorModule", "reading").Count;
        Assert.Equal(
            ReadingsOfTheDataSet,
            aggregates.Sum(item => item["readingCount"]!.Value<long>()) + late + Count(ledger["duplicate"]) + Count(ledger["open"]) + Count(ledger["held"]) + Count(ledger["dropped"]));
        Assert.Equal(aggregates.Count, aggregates.Select(item => item["summaryId"]!.Value<string>()).Distinct().Count());
        Assert.Equal(2, ItemsOf(suite.Cloud, "AggregatorModule", "zone-summary").Select(item => item["zone"]!.Value<string>()).Distinct().Count());
        Assert.True(aggregates.Select(item => item["deviceId"]!.Value<string>()).Distinct().Count() > 1);
    }

    /// <summary>All but what is critical came in batches, and these are worth it.</summary>
    private static void AssertBatches(JObject report, List<JObject> members)
    {
        var uplink = report["uplink"]!;
        Assert.Equal(
            ["AggregatorModule/aggregates", "AggregatorModule/zones", "AlertModule/alerts", "FilterModule/filtered", "InferenceModule/scores"],
            uplink["streams"]!.Children<JProperty>().Select(stream => stream.Name));
        Assert.Equal(members.Count, uplink["members"]!.Value<int>());
        Assert.Equal(report["modules"]!["UplinkModule"]!["batched"]!.Value<long>(), uplink["items"]!.Value<long>());
        Assert.Equal((0, 0), (uplink["unreadableBatches"]!.Value<int>(), uplink["duplicateMembers"]!.Value<int>()));
        Assert.True(uplink["meteredUnits"]!.Value<int>() * 4 < uplink["meteredUnitsAlone"]!.Value<int>());
        Assert.True(uplink["leastUnits"]!.Value<int>() <= uplink["meteredUnits"]!.Value<int>());
    }

    /// <summary>The shipped model finds the two events of the shipped data, and nothing else.</summary>
    private static void AssertScores(JObject report)
    {
        var model = report["models"]!["InferenceModule"]!;
        var scored = Assert.Single(model["scoredWith"]!);
        Assert.Equal(model["sha256"]!.Value<string>(), scored["sha256"]!.Value<string>());
        Assert.Equal(("1.0.0", 2), (scored["version"]!.Value<string>(), scored["alarms"]!.Value<int>()));
        var labels = report["labels"]!;
        Assert.Equal(ReadingsOfTheDataSet, labels["readings"]!.Value<int>());
        Assert.Equal((2, 2, 0), (labels["events"]!.Value<int>(), labels["found"]!.Value<int>(), labels["missed"]!.Value<int>()));
        Assert.Equal((2, 0), (labels["episodes"]!.Value<int>(), labels["falseEpisodes"]!.Value<int>()));
    }

    private static long Count(JToken? counter) => counter is JObject reasons ? reasons.Properties().Sum(reason => reason.Value.Value<long>()) : counter?.Value<long>() ?? 0;

    private static void AssertInOrder(IEnumerable<JObject> cloud)
    {
        foreach (var device in FilteredOf(cloud).GroupBy(reading => reading["deviceId"]!.Value<string>()))
        {
            var times = device.Select(reading => reading["timestamp"]!.Value<long>()).ToList();
            Assert.Equal(times.Order(), times);
        }
    }

    private static List<JToken> FilteredOf(IEnumerable<JObject> cloud) => ItemsOf(cloud, "FilterModule", "reading");

    private static List<JToken> ItemsOf(IEnumerable<JObject> cloud, string module, string messageType) =>
    [
        .. cloud
            .Where(message => message["moduleId"]!.Value<string>() == module && message["properties"]!["messageType"]!.Value<string>() == messageType)
            .SelectMany(message => message["body"]!),
    ];
}
