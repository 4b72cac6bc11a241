using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

/// <summary>Local values; what the strategies do with them is the table of docs/operations.md, which has a test of its own.</summary>
public sealed class TwinSettingsLocalTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly InMemoryStateStore _store = new();
    private readonly RecordingLogger _log = new();

    public void Dispose()
    {
        _store.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void SetLocal_OverDesired_IsInForceAndReported()
    {
        var settings = Opened(4, """{"count":5,"label":"a"}""");

        Assert.Empty(Set(settings, """{"count":7,"numbers.x":2}"""));
        Assert.Equal((7, 4L, 1L), (settings.Current.Count, settings.Version, settings.LocalVersion));
        Assert.Equal([("preset", 1), ("x", 2)], settings.Current.Numbers.Select(number => (number.Key, number.Value)));
        Assert.Equal("""{"value":7,"ac":203,"av":4,"ad":"Local: count, set by Jo over version 4."}""", Told(settings, "count"));
        Assert.Equal("""{"value":{"preset":1,"x":2},"ac":203,"av":0,"ad":"Local: numbers.x, set by Jo over version 4."}""", Told(settings, "numbers"));
        Assert.Equal("""{"value":"a","ac":200,"av":4}""", Told(settings, "label"));
        Assert.Equal("""{"version":4,"status":"applied","errors":[]}""", Told(settings, "settings"));
        Assert.Equal("Local settings version 1: count, numbers.x set by Jo.", _log.Lines.Last().Text);
    }

    [Fact]
    public void SetLocal_Restart_IsInForceBeforeTheTwinComesAndAfter()
    {
        Set(Opened(4, """{"count":5}"""), """{"count":7}""");
        var settings = Opened();

        Assert.Equal((7, 4L, false), (settings.Current.Count, settings.Version, settings.IsFresh));
        settings.Apply(Desired(4, """{"count":5}"""));
        Assert.Equal((7, true), (settings.Current.Count, settings.IsFresh));
        settings.Apply(Desired(5, """{"count":5,"label":"b"}"""));
        Assert.Equal((7, "b"), (settings.Current.Count, settings.Current.Label));
        Assert.Null(settings.Verdict()["conflicts"]);
    }

    [Theory]
    [InlineData("""{"cuont":7}""", "cuont: cuont is 7; it must be a setting; the nearest is count.")]
    [InlineData("""{"things.a.widht":7}""", "things.a.widht: things.a.widht is 7; it must be a setting; the nearest is things.a.width.")]
    [InlineData("""{"count":99,"label":"ok"}""", "count: count is 99; it must be 1 to 10.")]
    [InlineData("""{"count":"7","things.a.width":-1}""", "count: count is \"7\"; it must be a whole number.")]
    [InlineData("""{"count":null}""", "count: count is null; it must be without null; clearLocal takes a local value back.")]
    [InlineData("""{"numbers":{"a":null}}""", "numbers: numbers is {\"a\":null}; it must be without null; clearLocal takes a local value back.")]
    [InlineData("""{"a..b":1}""",
        "a..b: a..b is 1; it must be a path of 1 to 256 characters: keys with dots between them, ids percent-encoded, such as deadbands.temperature.")]
    [InlineData("""{"localSettings.default":"merge"}""",
        "localSettings.default: localSettings.default is \"merge\"; it must be absent: it says how local values are taken, so the twin alone gives it.")]
    [InlineData("""{"things":{},"things.a.width":1}""",
        "things.a.width: things.a.width is 1; it must be neither at, nor above, nor below things, which is set by the same call.")]
    [InlineData("""{"numbers.%61":1,"numbers.a":2}""",
        "numbers.a: numbers.a is 2; it must be neither at, nor above, nor below numbers.a, which is set by the same call.")]
    [InlineData("""{"cuont":1,"nested.width":1}""", "cuont: cuont is 1; it must be a setting; the nearest is count.",
        "nested.width: nested.width is 1; it must be below no local value: nested has one; set that whole, or clear it first.")]
    [InlineData("""{"numbers":{"a.b":1}}""",
        "numbers: numbers is {\"a.b\":1}; it must be without the key \"a.b\": a key has 1 to 256 characters, and ids are percent-encoded.")]
    public void SetLocal_Wrong_IsRefusedWholeWithTheErrors(string values, params string[] errors)
    {
        var settings = Opened(4, """{"count":5,"label":"a"}""");
        Set(settings, """{"nested":{"width":3}}""");
        var (before, report, saved) = (settings.Current, settings.Report().ToString(), _store.GetDocument("settings"));

        Assert.Equal(errors, Set(settings, values).Select(error => $"{error.Path}: {error.Message}"));
        Assert.Same(before, settings.Current);
        Assert.Equal((report, 1L), (settings.Report().ToString(), settings.LocalVersion));
        Assert.Equal(saved, _store.GetDocument("settings"));
    }

    [Fact]
    public void SetLocal_MoreThanTheLimits_IsRefused()
    {
        var settings = Opened(1, "{}");
        var many = new JObject(Enumerable.Range(0, 65).Select(i => new JProperty($"numbers.n{i}", i)));
        var large = new JObject { ["label"] = new string('x', 8_190) };

        Assert.Equal(["localPaths is 65; it must be at most 64."], settings.SetLocal(many, "Jo", Noon).Select(error => error.Message));
        Assert.Equal(
            ["localBytes is 8197; it must be at most 8192: paths and values of all local settings as JSON."],
            settings.SetLocal(large, "Jo", Noon).Select(error => error.Message));
        Assert.Equal(0, settings.LocalVersion);
    }

    [Fact]
    public void SetLocal_CannotBeSaved_ChangesNothing()
    {
        var settings = Opened(4, """{"count":5}""");
        _store.BeforeWrite = () => throw new IOException("Full.");

        Assert.Throws<IOException>(() => Set(settings, """{"count":7}"""));
        Assert.Equal((5, 0L), (settings.Current.Count, settings.LocalVersion));
        _store.BeforeWrite = static () => { };
        Assert.Empty(Set(settings, """{"count":7}"""));
    }

    [Fact]
    public void SetLocal_Above_TakesThePlaceOfThoseBelow()
    {
        var settings = Opened(1, "{}");
        Set(settings, """{"things.a.width":5,"things.b.width":6}""");

        Assert.Empty(Set(settings, """{"things":{"c":{"width":7}}}"""));
        Assert.Equal(["c"], settings.Current.Things.Keys);
    }

    [Fact]
    public void ClearLocal_PathsOrAll_BringsTheDesiredBack()
    {
        var settings = Opened(4, """{"count":5}""");
        Set(settings, """{"count":7,"things.a.width":5,"things.b.width":6}""");

        Assert.Equal(
            ["paths is \"label\"; it must be at or above one of count, things.a.width, things.b.width."],
            settings.ClearLocal(["count", "label"]).Select(error => error.Message));
        Assert.Equal(7, settings.Current.Count);
        Assert.Empty(settings.ClearLocal(["things"]));
        Assert.Equal((7, 0), (settings.Current.Count, settings.Current.Things.Count));
        Assert.Empty(settings.ClearLocal(null));
        Assert.Equal((5, 3L), (settings.Current.Count, settings.LocalVersion));
        Assert.Equal("""{"value":5,"ac":200,"av":4}""", Told(settings, "count"));
        Assert.Empty(settings.ClearLocal(null));
        Assert.Equal("paths is \"count\"; it must be absent: there are no local values.", settings.ClearLocal(["count"]).Single().Message);
        Assert.Equal(5, Opened().Current.Count);
    }

    [Fact]
    public void Apply_Conflict_IsReportedOnceWithBothValuesAndTheWinner()
    {
        var settings = Opened(4, """{"count":5}""");
        Set(settings, """{"count":7}""");

        settings.Apply(Desired(6, """{"count":9}"""));
        const string Conflict = """
            {"path":"count","winner":"desired","strategy":"cloud-wins","version":6,"desired":9,"local":7,"localVersion":1,"localTime":1769860800000,"localSource":"Jo"}
            """;
        Assert.Equal($$"""{"version":6,"status":"applied","errors":[],"conflicts":[{{Conflict.Trim()}}]}""", Told(settings, "settings"));
        Assert.Equal("""{"value":9,"ac":200,"av":6}""", Told(settings, "count"));
        Assert.Equal(9, settings.Current.Count);

        settings.Apply(Desired(6, """{"count":9}"""));
        settings = Opened(6, """{"count":9}""");
        settings.Apply(Desired(7, """{"count":9,"label":"b"}"""));
        Assert.Equal(Conflict.Trim(), settings.Verdict()["conflicts"]!.Single().ToString(Formatting.None));
        Assert.Equal(
            $"The desired value of count, for which there is a local one, has changed; in force is: desired. {Conflict.Trim()}",
            Assert.Single(_log.Lines, line => line.Level == LogLevel.Warning).Text);

        Assert.Empty(settings.ClearLocal(["count"]));
        Assert.Null(settings.Verdict()["conflicts"]);
    }

    [Fact]
    public void Apply_EdgeWinsTwice_ReportsTheLastConflictOfThePath()
    {
        const string Policy = "\"localSettings\":{\"default\":\"edge-wins\"}";
        var settings = Opened(4, $$"""{"count":5,{{Policy}}}""");
        Set(settings, """{"count":7}""");
        settings.Apply(Desired(5, $$"""{"count":8,{{Policy}}}"""));
        settings.Apply(Desired(6, $$"""{"count":9,{{Policy}}}"""));

        var conflict = Assert.Single(settings.Verdict()["conflicts"]!);
        Assert.Equal((7, 9, 6), (settings.Current.Count, conflict.Value<int>("desired"), conflict.Value<int>("version")));
        Assert.Equal(2, _log.Lines.Count(line => line.Level == LogLevel.Warning));
        Assert.Equal("""{"value":{"default":"edge-wins"},"ac":200,"av":6}""", Told(settings, "localSettings"));
    }

    [Fact]
    public void Apply_GoodByItselfAndNotWithTheLocalValue_LocalYieldsWhateverTheStrategy()
    {
        const string Policy = "\"localSettings\":{\"default\":\"edge-wins\"}";
        var settings = new TwinSettings<RangeSettings>(_store, _log.For<TwinSettings<RangeSettings>>());
        settings.Apply(Desired(1, $$"""{"low":1,"high":10,{{Policy}}}"""));
        Assert.Empty(settings.SetLocal(JObject.Parse("""{"low":5,"name":"kept"}"""), "Jo", Noon));

        Assert.True(settings.Apply(Desired(2, $$"""{"low":1,"high":3,{{Policy}}}""")));
        Assert.Equal((1, 3, "kept"), (settings.Current.Low, settings.Current.High, settings.Current.Name));
        var conflict = Assert.Single(settings.Verdict()["conflicts"]!);
        Assert.Equal(
            ("low", "desired", "With the local value the settings are not valid: low is 5; it must be less than high (3)."),
            (conflict.Value<string>("path"), conflict.Value<string>("winner"), conflict.Value<string>("why")));
    }

    [Fact]
    public void Apply_WrongByItself_IsRejectedThoughTheLocalValueWouldHideIt()
    {
        var settings = Opened(4, """{"count":5}""");
        Set(settings, """{"count":7}""");

        Assert.False(settings.Apply(Desired(5, """{"count":99}""")));
        Assert.Equal((7, 4L), (settings.Current.Count, settings.Version));
        Assert.Equal("""{"value":7,"ac":400,"av":5,"ad":"count is 99; it must be 1 to 10. Local: count, set by Jo over version 4."}""", Told(settings, "count"));
        Assert.False(settings.Apply(Desired(6, """{"count":5,"localSettings":{"default":"edge"}}""")));
        Assert.StartsWith("localSettings.default is", (string)settings.Verdict()["errors"]![0]!);
    }

    [Fact]
    public void Apply_CannotBeSaved_LeavesTheLocalValueUnjudged()
    {
        var settings = Opened(4, """{"count":5}""");
        Set(settings, """{"count":7}""");
        _store.BeforeWrite = () => throw new IOException("Full.");

        Assert.Throws<IOException>(() => settings.Apply(Desired(5, """{"count":6}""")));
        Assert.Equal((7, 4L), (settings.Current.Count, settings.Version));
        _store.BeforeWrite = static () => { };
        Assert.True(settings.Apply(Desired(5, """{"count":6}""")));
        Assert.Equal(6, settings.Current.Count);
    }

    [Fact]
    public void Open_LocalValueThatThisVersionOfTheModuleCannotUse_YieldsAndTheRestIsUsed()
    {
        _store.PutDocument("settings", JsonText.ToUtf8(JObject.Parse("""
            {"version":4,"desired":{"count":5},"local":{"version":2,"values":[
              {"path":"gone.x","value":1,"version":1,"time":1,"source":"Jo","over":{"version":4}},
              {"path":"label","value":"b","version":2,"time":1,"source":"Jo","over":{"version":4}}],"conflicts":[]}}
            """)));
        var settings = Opened();

        Assert.Equal((5, "b", 4L), (settings.Current.Count, settings.Current.Label, settings.Version));
        Assert.Equal("gone.x", (string?)Assert.Single(settings.Verdict()["conflicts"]!)["path"]);
    }

    [Theory]
    [InlineData("""{"version":"x"}""")]
    [InlineData("""{"version":1,"values":[{"path":"a..b","value":1,"source":"Jo"}],"conflicts":[]}""")]
    [InlineData("""{"version":1,"values":[],"conflicts":[{"local":5}]}""")]
    [InlineData("5")]
    public void Open_LocalValuesThatCannotBeRead_StartsWithTheSavedDesiredAlone(string local)
    {
        _store.PutDocument("settings", System.Text.Encoding.UTF8.GetBytes($$"""{"version":4,"desired":{"count":5},"local":{{local}}}"""));
        var settings = Opened();

        Assert.Equal((5, 4L, 0L), (settings.Current.Count, settings.Version, settings.LocalVersion));
        Assert.StartsWith("The saved local settings cannot be used by this version of the module", Assert.Single(_log.Lines).Text);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"$version":0}""")]
    public void Apply_EmptyTwinWithoutVersion_IsNoTwinAndEverythingStays(string twin)
    {
        Set(Opened(4, """{"count":5,"label":"a"}"""), """{"count":7}""");
        var settings = Opened();

        Assert.False(settings.Apply(JObject.Parse(twin)));
        Assert.Equal((7, "a", 4L, false), (settings.Current.Count, settings.Current.Label, settings.Version, settings.IsFresh));
        Assert.Null(settings.Verdict()["conflicts"]);
        Assert.True(settings.Apply(Desired(1, "{}")));
        Assert.Equal((3, 1L), (settings.Current.Count, settings.Version));
    }

    [Fact]
    public void Apply_ConflictWhoseValueATwinDoesNotTakeInAnArray_IsToldAsText()
    {
        var settings = Opened(1, "{}");
        Set(settings, """{"things":{"a":{"width":5}}}""");
        settings.Apply(Desired(2, """{"things":{"a":{"width":6,"colour":null}}}"""));
        var conflict = settings.Verdict()["conflicts"]!.Single();

        Assert.Equal("""{"a":{"width":6,"colour":null}}""", (string?)conflict["desired"]);
        Assert.Equal("""{"a":{"width":5}}""", conflict["local"]!.ToString(Formatting.None));
    }

    [Fact]
    public void Apply_SameVersionWithOtherContent_IsTakenWithOneWarning()
    {
        var settings = Opened(4, """{"count":5}""");
        for (var i = 0; i < 3; i++) settings.Apply(Desired(4, """{"count":6}"""));
        settings = Opened(4, """{"count":6}""");

        Assert.Equal(6, settings.Current.Count);
        Assert.Equal(
            "The desired properties of version 4 are others than those seen before under that version; the whole twin was fetched, and is taken as it is.",
            Assert.Single(_log.Lines, line => line.Level == LogLevel.Warning).Text);
        Opened(4, """{"count":7}""");
        Assert.Equal(2, _log.Lines.Count(line => line.Level == LogLevel.Warning));
    }

    [Fact]
    public void Origins_Mixed_SayWhereEachValueComesFrom()
    {
        var settings = Opened(4, """{"count":5,"numbers":{"a":1,"b":2},"nested":{"width":2},"things":{"press%2e1":{"width":4,"colour":"blue"}}}""");
        Set(settings, """{"count":7,"numbers.b":3,"things.press%2E1.width":5}""");
        var origins = settings.Origins();

        Assert.Equal(
            """{"value":7,"source":"local","version":1,"time":1769860800000,"by":"Jo","overrode":{"value":5,"source":"desired","version":4}}""",
            origins["count"]!.ToString(Formatting.None));
        Assert.Equal(
            ["isOn default 0", "count local 1", "big default 0", "factor default 0", "label default 0", "mode default 0", "limit default 0", "note default 0",
                "nested.width desired 4", "nested.colour default 0", "numbers.a desired 4", "numbers.b local 1", "things.press%2E1.width local 1",
                "things.press%2E1.colour desired 4", "spans default 0"],
            origins.Properties().Select(origin => $"{origin.Name} {origin.Value["source"]} {origin.Value["version"]}"));
        Assert.Equal("""{"value":2,"source":"desired","version":4,"overrode":{"value":1,"source":"default","version":0}}""", origins["nested.width"]!.ToString(Formatting.None));
    }

    [Fact]
    public void Origins_Merged_TellEachKeyApart()
    {
        var settings = Opened(4, """{"numbers":{"a":1,"b":2},"localSettings":{"default":"merge"}}""");
        Set(settings, """{"numbers":{"b":3,"c":4}}""");
        var origins = settings.Origins();

        Assert.Equal("""{"a":1,"b":3,"c":4}""", SettingsBinder.ToJson(settings.Current)["numbers"]!.ToString(Formatting.None));
        Assert.Equal(
            ["numbers.a desired", "numbers.b local", "numbers.c local"],
            origins.Properties().Where(origin => origin.Name.StartsWith("numbers", StringComparison.Ordinal)).Select(origin => $"{origin.Name} {origin.Value["source"]}"));
    }

    [Fact]
    public void Report_AsManyLocalValuesAndConflictsAsThereMayBe_StaysWithinTheLimitsOfATwin()
    {
        var settings = Opened(1, "{}");
        var source = new string('ü', 100);
        for (var i = 0; i < 40; i++) Assert.Empty(settings.SetLocal(new JObject { [$"numbers.{new string('n', 100)}{i}"] = i }, source, Noon));
        Assert.Empty(settings.SetLocal(new JObject { ["label"] = new string('ü', 1_000), ["note"] = "n" }, source, Noon));
        var desired = new JObject(Enumerable.Range(0, 40).Select(i => new JProperty($"{new string('n', 100)}{i}", i + 1)));
        settings.Apply(new JObject { ["$version"] = 2, ["numbers"] = desired, ["label"] = new string('x', 3_000) });
        var verdict = JsonText.ToUtf8(settings.Verdict());

        Assert.InRange(settings.Verdict()["conflicts"]!.Count(), 4, 8);
        Assert.InRange(verdict.Length, 3_000, 6_200);
        Assert.InRange(settings.Report().Properties().Sum(property => System.Text.Encoding.UTF8.GetByteCount((string?)property.Value["ad"] ?? "")), 100, 1_000);
        Assert.InRange(_store.GetDocument("settings")!.Length, 1_000, 30_000);
    }

    private TwinSettings<SampleSettings> Opened() => new(_store, _log.For<TwinSettings<SampleSettings>>());

    private TwinSettings<SampleSettings> Opened(long version, string desired)
    {
        var settings = Opened();
        settings.Apply(Desired(version, desired));
        return settings;
    }

    private static IReadOnlyList<SettingError> Set(TwinSettings<SampleSettings> settings, string values) => settings.SetLocal(JObject.Parse(values), "Jo", Noon);

    private static JObject Desired(long version, string properties)
    {
        var desired = JObject.Parse(properties);
        desired["$version"] = version;
        return desired;
    }

    private static string Told(TwinSettings<SampleSettings> settings, string key) => settings.Report()[key]!.ToString(Formatting.None);

    private sealed record RangeSettings : ISettings<RangeSettings>
    {
        public int Low { get; init; } = 1;

        public int High { get; init; } = 10;

        public string Name { get; init; } = "";

        public void Validate(SettingErrors errors) => errors.Require(Low < High, Low, $"less than high ({High})");
    }
}
