using EdgeModules.Hosting.Settings;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Filtering.Tests;

public sealed class FilterSettingsTests
{
    private const string Band = "a number of 0 or more, or {\"percent\": number of 0 or more}";

    [Fact]
    public void Defaults_AsTheyAreReported_AreTheDocumentedOnes() =>
        Assert.Equal(
            """{"deadbands":{"temperature":0.5,"humidity":2.0,"vibration":10.0,"pressure":1.0},"maxSilenceSeconds":300"""
            + ""","forwardUnknownMetrics":false,"zones":{},"devices":{},"maxDevices":50000,"emitInvalid":true}""",
            SettingsBinder.ToJson(new FilterSettings()).ToString(Formatting.None));

    [Theory]
    [InlineData("""{"maxSilenceSeconds":-1}""", "maxSilenceSeconds is -1; it must be 0 to 604800.")]
    [InlineData("""{"maxSilenceSeconds":604801}""", "maxSilenceSeconds is 604801; it must be 0 to 604800.")]
    [InlineData("""{"maxDevices":0}""", "maxDevices is 0; it must be 1 to 1000000.")]
    [InlineData("""{"maxDevices":1000001}""", "maxDevices is 1000001; it must be 1 to 1000000.")]
    [InlineData("""{"zones":{"hall":{"maxSilenceSeconds":-5}}}""", "zones.hall.maxSilenceSeconds is -5; it must be 0 to 604800.")]
    [InlineData("""{"devices":{"a%2Eb":{"maxSilenceSeconds":604801}}}""", "devices.a%2Eb.maxSilenceSeconds is 604801; it must be 0 to 604800.")]
    [InlineData("""{"deadbands":{"temperature":-1}}""", $"deadbands.temperature is -1; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":"0.5"}}""", $"deadbands.temperature is \"0.5\"; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":{"percent":-2}}}""", $"deadbands.temperature is {{\"percent\":-2}}; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":{"percent":"2"}}}""", $"deadbands.temperature is {{\"percent\":\"2\"}}; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":{"percent":2,"min":1}}}""", $"deadbands.temperature is {{\"percent\":2,\"min\":1}}; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":{"absolute":2}}}""", $"deadbands.temperature is {{\"absolute\":2}}; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":{}}}""", $"deadbands.temperature is {{}}; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":[1]}}""", $"deadbands.temperature is [1]; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":true}}""", $"deadbands.temperature is true; it must be {Band}.")]
    [InlineData("""{"deadbands":{"temperature":1e999}}""", $"deadbands.temperature is \"Infinity\"; it must be {Band}.")]
    [InlineData("""{"zones":{"hall":{"deadbands":{"t":-1}}}}""", $"zones.hall.deadbands.t is -1; it must be {Band}.")]
    [InlineData("""{"zones":{"hall":{"emitInvalid":false}}}""", "zones.hall.emitInvalid is false; it must be absent: it is no setting; the settings here are deadbands, maxSilenceSeconds.")]
    public void Bind_WrongSetting_IsOneErrorThatNamesIt(string desired, string message) => Assert.Equal([message], ErrorsOf(desired));

    [Theory]
    [InlineData("""{"maxSilenceSeconds":0,"maxDevices":1}""")]
    [InlineData("""{"maxSilenceSeconds":604800,"maxDevices":1000000}""")]
    [InlineData("""{"deadbands":{}}""")]
    [InlineData("""{"deadbands":{"temperature":0,"x":{"percent":0},"y":100000000000000000000000}}""")]
    [InlineData("""{"zones":{"hall 1":{"maxSilenceSeconds":0,"deadbands":{"t":{"percent":2.5}}}}}""")]
    public void Bind_SettingsAtTheirLimits_AreTaken(string desired) => Assert.Empty(ErrorsOf(desired));

    [Fact]
    public void Bind_SeveralMistakes_FindsThemAll() =>
        Assert.Equal(
            ["deadbands.a", "deadbands.b", "maxSilenceSeconds", "zones.z.deadbands.c", "unknown"],
            Bind("""{"deadbands":{"a":-1,"b":"x"},"maxSilenceSeconds":"5","zones":{"z":{"deadbands":{"c":null,"c":-1}}},"unknown":1}""").Errors.Select(error => error.Path));

    [Fact]
    public void ToJson_SettingsFromATwin_AreTheSameAgain()
    {
        const string Desired = """
            {"deadbands":{"temperature":{"percent":2.5}},"maxSilenceSeconds":60,"forwardUnknownMetrics":true,"zones":{"hall%201":{"deadbands":{"humidity":1.0},"maxSilenceSeconds":null}},
             "devices":{"a%2Eb":{"deadbands":{},"maxSilenceSeconds":5}},"maxDevices":7,"emitInvalid":false}
            """;
        var (settings, errors) = Bind(Desired);

        Assert.Empty(errors);
        Assert.True(JToken.DeepEquals(JObject.Parse(Desired), SettingsBinder.ToJson(settings)), SettingsBinder.ToJson(settings).ToString());
    }

    [Fact]
    public void NamedMetrics_BandsAnywhere_AreAllNamed()
    {
        var settings = Bind("""{"deadbands":{"a":1},"zones":{"z":{"deadbands":{"b":1}}},"devices":{"d":{"deadbands":{"c":1,"a":2}}}}""").Settings;

        Assert.Equal(["a", "b", "c"], settings.NamedMetrics().Order());
    }

    private static IEnumerable<string> ErrorsOf(string desired) => Bind(desired).Errors.Select(error => error.Message);

    private static (FilterSettings Settings, IReadOnlyList<SettingError> Errors) Bind(string desired)
    {
        var errors = new SettingErrors();
        return (SettingsBinder.Bind<FilterSettings>(JObject.Parse(desired), errors), errors.All);
    }
}
