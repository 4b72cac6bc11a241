using EdgeModules.Hosting.Settings;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

public sealed class TwinSettingsTests : IDisposable
{
    private readonly InMemoryStateStore _store = new();
    private readonly RecordingLogger _log = new();

    public void Dispose()
    {
        _store.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void Report_NoTwinYet_SaysDefaults()
    {
        var settings = Opened();

        Assert.False(settings.IsFresh);
        Assert.Equal("""{"value":3,"ac":203,"av":0}""", Told(settings, "count"));
        Assert.False(settings.Report().ContainsKey("limit"), "By the convention an answer has a value.");
        Assert.Equal("""{"version":0,"status":"applied","errors":[]}""", Told(settings, "settings"));
    }

    [Fact]
    public void Apply_GoodSettings_AreInForceAndReported()
    {
        var settings = Opened();

        Assert.True(settings.Apply(Desired(4, """{"count":5,"things":{"t":{"width":2}}}""")));
        Assert.Equal((5, 4, true), (settings.Current.Count, settings.Version, settings.IsFresh));
        Assert.Equal("""{"value":5,"ac":200,"av":4}""", Told(settings, "count"));
        Assert.Equal("""{"value":{"t":{"width":2,"colour":"red"}},"ac":200,"av":4}""", Told(settings, "things"));
        Assert.Equal("""{"value":1.5,"ac":203,"av":0}""", Told(settings, "factor"));
        Assert.Equal("""{"version":4,"status":"applied","errors":[]}""", Told(settings, "settings"));
    }

    [Fact]
    public void Apply_OneBadSetting_KeepsEverythingAndSaysWhy()
    {
        var settings = Opened();
        settings.Apply(Desired(4, """{"count":5,"label":"a"}"""));
        var before = settings.Current;

        Assert.False(settings.Apply(Desired(5, """{"count":-1,"label":"a"}""")));
        Assert.Same(before, settings.Current);
        Assert.Equal(4, settings.Version);
        Assert.Equal("""{"value":5,"ac":400,"av":5,"ad":"count is -1; it must be 1 to 10."}""", Told(settings, "count"));
        Assert.Equal("""{"value":"a","ac":200,"av":5}""", Told(settings, "label"));
        Assert.Equal("""{"version":5,"status":"rejected","errors":["count is -1; it must be 1 to 10."]}""", Told(settings, "settings"));
        Assert.Contains(_log.Lines, line => line == new LogLine(LogLevel.Warning, "Rejected settings version 5, kept version 4. count is -1; it must be 1 to 10."));
    }

    [Fact]
    public void Apply_GoodSettingBesideABadOne_WaitsAndSaysSo()
    {
        var settings = Opened();
        settings.Apply(Desired(4, """{"label":"a","note":"kept"}"""));
        settings.Apply(Desired(5, """{"count":99,"label":"b","factor":2,"note":"kept"}"""));

        const string Waits = "Not applied, because other settings of this version were rejected.";
        Assert.Equal($$"""{"value":"a","ac":400,"av":5,"ad":"{{Waits}}"}""", Told(settings, "label"));
        Assert.Equal($$"""{"value":1.5,"ac":400,"av":5,"ad":"{{Waits}}"}""", Told(settings, "factor"));
        Assert.Equal("""{"value":"kept","ac":200,"av":5}""", Told(settings, "note"));
        Assert.Equal("""{"value":true,"ac":203,"av":0}""", Told(settings, "isOn"));
    }

    [Fact]
    public void Apply_MistakeBelowASetting_IsToldAtTheSetting()
    {
        var settings = Opened();
        settings.Apply(Desired(2, """{"things":{"a":{"width":-1},"b":{"width":-2}}}"""));

        Assert.Equal(
            """{"value":{},"ac":400,"av":2,"ad":"things.a.width is -1; it must be 0 or more. things.b.width is -2; it must be 0 or more."}""", Told(settings, "things"));
    }

    [Fact]
    public void Apply_UnknownKey_IsRejectedAndCommentsAreNot()
    {
        var settings = Opened();

        Assert.False(settings.Apply(Desired(1, """{"cuont":5}""")));
        Assert.StartsWith("cuont is 5; it must be absent", (string)settings.Verdict()["errors"]![0]!);
        Assert.True(settings.Apply(Desired(2, """{"x-comment":"5","count":5}""")));
        Assert.Equal("applied", (string?)settings.Verdict()["status"]);
    }

    [Fact]
    public void Apply_MistakeTakenBack_IsAppliedAgainAndTheReportIsClean()
    {
        var settings = Opened();
        settings.Apply(Desired(4, """{"count":5}"""));
        settings.Apply(Desired(5, """{"count":-1}"""));

        Assert.False(settings.Apply(Desired(6, """{"count":5}""")));
        Assert.Equal((5, 6L), (settings.Current.Count, settings.Version));
        Assert.Equal("""{"value":5,"ac":200,"av":6}""", Told(settings, "count"));
        Assert.Equal("""{"version":6,"status":"applied","errors":[]}""", Told(settings, "settings"));
    }

    [Fact]
    public void Apply_SameVersionAgain_ChangesAndSavesNothing()
    {
        var settings = Opened();
        settings.Apply(Desired(4, """{"count":5}"""));
        _store.BeforeWrite = () => Assert.Fail("Nothing is to be saved.");

        Assert.False(settings.Apply(Desired(4, """{"count":5}""")));
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void Apply_VersionStartedOver_IsTakenWhenTheContentDiffers()
    {
        var settings = Opened();
        settings.Apply(Desired(9, """{"count":5}"""));

        Assert.True(settings.Apply(Desired(1, """{"count":6}""")));
        Assert.Equal((6, 1L), (settings.Current.Count, settings.Version));
    }

    [Fact]
    public void Open_AfterGoodAndBadSettings_StartsWithTheLastGood()
    {
        var settings = Opened();
        settings.Apply(Desired(4, """{"count":5}"""));
        settings.Apply(Desired(5, """{"count":-1}"""));
        settings = Opened();

        Assert.Equal((5, 4L, false), (settings.Current.Count, settings.Version, settings.IsFresh));
        Assert.Equal("""{"version":4,"status":"applied","errors":[]}""", Told(settings, "settings"));
    }

    [Fact]
    public void Apply_FirstTwinAfterAStart_IsAChangeThoughTheContentIsTheSame()
    {
        Opened().Apply(Desired(4, """{"count":5}"""));
        var settings = Opened();

        Assert.True(settings.Apply(Desired(4, """{"count":5}""")));
        Assert.True(settings.IsFresh);
    }

    [Fact]
    public void Apply_CannotBeSaved_ChangesNothing()
    {
        var settings = Opened();
        settings.Apply(Desired(4, """{"count":5}"""));
        _store.BeforeWrite = () => throw new IOException("Full.");

        Assert.Throws<IOException>(() => settings.Apply(Desired(5, """{"count":6}""")));
        Assert.Equal((5, 4L), (settings.Current.Count, settings.Version));
        _store.BeforeWrite = static () => { };
        Assert.True(settings.Apply(Desired(5, """{"count":6}""")));
    }

    [Theory]
    [InlineData("""{"version":4,"desired":{"count":-1}}""")]
    [InlineData("""{"version":4,"desired":{"gone":1}}""")]
    [InlineData("no json")]
    public void Open_SavedSettingsThatThisVersionCannotUse_StartsWithDefaultsAndWarns(string saved)
    {
        _store.PutDocument("settings", System.Text.Encoding.UTF8.GetBytes(saved));
        var settings = Opened();

        Assert.Equal((3, 0L), (settings.Current.Count, settings.Version));
        Assert.StartsWith("The saved settings cannot be used by this version of the module; it starts with its defaults. ", Assert.Single(_log.Lines).Text);
    }

    [Fact]
    public void Report_ManyLongMistakes_StaysWithinTheLimitsOfATwin()
    {
        var settings = Opened();
        var numbers = new JObject(Enumerable.Range(0, 500).Select(i => new JProperty($"{i}{new string('ü', 200)}", "x")));
        settings.Apply(new JObject { ["$version"] = 1, ["numbers"] = numbers });
        var report = settings.Report();

        Assert.Equal(20, report["settings"]!["errors"]!.Count());
        Assert.All(
            report.DescendantsAndSelf().OfType<JValue>().Where(value => value.Type == JTokenType.String),
            text => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount((string)text!), 0, 4096));
    }

    private TwinSettings<SampleSettings> Opened() => new(_store, _log.For<TwinSettings<SampleSettings>>());

    private static JObject Desired(long version, string properties)
    {
        var desired = JObject.Parse(properties);
        desired["$version"] = version;
        return desired;
    }

    private static string Told(TwinSettings<SampleSettings> settings, string key) => settings.Report()[key]!.ToString(Formatting.None);
}
