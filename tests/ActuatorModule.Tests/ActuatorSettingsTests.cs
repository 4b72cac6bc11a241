using EdgeModules.Hosting.Settings;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Actuating.Tests;

public sealed class ActuatorSettingsTests
{
    private const string Line = "{\"chip\": 0 to 255, \"line\": 0 to 1023}, with \"activeLow\" true or false if need be";

    [Fact]
    public void Defaults_AsTheyAreReported_AreTheDocumentedOnes() =>
        Assert.Equal(
            """{"gpio":{"buzzer":null,"relay":null},"buzzSeconds":30,"maxCommands":1000,"emitInvalid":false}""",
            SettingsBinder.ToJson(new ActuatorSettings()).ToString(Formatting.None));

    [Theory]
    [InlineData("""{"buzzSeconds":-1}""", "buzzSeconds is -1; it must be 0 to 86400.")]
    [InlineData("""{"buzzSeconds":86401}""", "buzzSeconds is 86401; it must be 0 to 86400.")]
    [InlineData("""{"maxCommands":0}""", "maxCommands is 0; it must be 1 to 100000.")]
    [InlineData("""{"maxCommands":100001}""", "maxCommands is 100001; it must be 1 to 100000.")]
    [InlineData("""{"gpio":{"buzzer":17}}""", $"gpio.buzzer is 17; it must be {Line}.")]
    [InlineData("""{"gpio":{"buzzer":{"line":17}}}""", $"gpio.buzzer is {{\"line\":17}}; it must be {Line}.")]
    [InlineData("""{"gpio":{"buzzer":{"chip":0.5,"line":17}}}""", $"gpio.buzzer is {{\"chip\":0.5,\"line\":17}}; it must be {Line}.")]
    [InlineData("""{"gpio":{"relay":{"chip":0,"line":1024}}}""", $"gpio.relay is {{\"chip\":0,\"line\":1024}}; it must be {Line}.")]
    [InlineData("""{"gpio":{"relay":{"chip":0,"line":1,"activeLow":"no"}}}""", $"gpio.relay is {{\"chip\":0,\"line\":1,\"activeLow\":\"no\"}}; it must be {Line}.")]
    [InlineData("""{"gpio":{"relay":{"chip":0,"line":1,"pull":"up"}}}""", $"gpio.relay is {{\"chip\":0,\"line\":1,\"pull\":\"up\"}}; it must be {Line}.")]
    [InlineData("""{"gpio":{"buzzer":{"chip":0,"line":1},"relay":{"chip":0,"line":1,"activeLow":true}}}""",
        """gpio.relay is {"chip":0,"line":1,"activeLow":true}; it must be another line than gpio.buzzer.""")]
    public void Bind_WrongSetting_IsOneErrorThatNamesIt(string desired, string message) => Assert.Equal([message], Bind(desired).Errors.Select(error => error.Message));

    [Fact]
    public void ToJson_SettingsFromATwin_AreTheSameAgain()
    {
        const string Desired = """{"gpio":{"buzzer":{"chip":0,"line":17},"relay":{"chip":1,"line":17,"activeLow":true}},"buzzSeconds":0,"maxCommands":1,"emitInvalid":true}""";
        var (settings, errors) = Bind(Desired);

        Assert.Empty(errors);
        Assert.Equal(Desired, SettingsBinder.ToJson(settings).ToString(Formatting.None));
    }

    private static (ActuatorSettings Settings, IReadOnlyList<SettingError> Errors) Bind(string desired)
    {
        var errors = new SettingErrors();
        return (SettingsBinder.Bind<ActuatorSettings>(JObject.Parse(desired), errors), errors.All);
    }
}
