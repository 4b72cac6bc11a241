using EdgeModules.Hosting.Settings;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

public sealed class SettingPathTests
{
    [Theory]
    [InlineData("count", "count")]
    [InlineData("things.press%2e1.width", "things.press%2E1.width")]
    [InlineData("things.a b.width", "things.a%20b.width")]
    [InlineData("things.50%25", "things.50%25")]
    [InlineData("things.%41", "things.A")]
    public void TryParse_AnySpelling_IsOne(string text, string path) => Assert.Equal(path, SettingPath.TryParse(text)?.Text);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a.")]
    public void TryParse_EmptyKey_IsNoPath(string text) => Assert.Null(SettingPath.TryParse(text));

    [Fact]
    public void TryParse_Length_IsLimited()
    {
        Assert.NotNull(SettingPath.TryParse(new string('a', SettingPath.MaxLength)));
        Assert.Null(SettingPath.TryParse(new string('a', SettingPath.MaxLength + 1)));
    }

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b", "a.b.c", true)]
    [InlineData("a.b", "a.bc", false)]
    [InlineData("a.b", "a", false)]
    public void Covers_Path_ItselfAndBelow(string path, string other, bool covers) => Assert.Equal(covers, Path(path).Covers(Path(other)));

    [Theory]
    [InlineData("""{"things":{"press%2e1":{"width":5}}}""", "things.press%2E1.width", "5")]
    [InlineData("""{"things":{"press%2E1":null}}""", "things.press%2E1", null)]
    [InlineData("""{"things":7}""", "things.a", null)]
    [InlineData("""{}""", "things", null)]
    public void In_Object_FindsTheKeyHoweverItIsEncoded(string json, string path, string? value) =>
        Assert.Equal(value, Path(path).In(JObject.Parse(json))?.ToString(Formatting.None));

    [Theory]
    [InlineData("{}", "numbers.b", """{"numbers":{"preset":1,"b":2}}""")]
    [InlineData("""{"numbers":{"c":3}}""", "numbers.b", """{"numbers":{"c":3,"b":2}}""")]
    [InlineData("""{"numbers":null}""", "numbers.b", """{"numbers":{"preset":1,"b":2}}""")]
    [InlineData("""{"numbers":{"x%2ey":3}}""", "numbers.x%2Ey", """{"numbers":{"x%2ey":2}}""")]
    [InlineData("{}", "things.a.width", """{"things":{"a":{"width":2}}}""")]
    public void Put_ObjectsOnTheWay_BeginAsTheDefaults(string json, string path, string expected)
    {
        var root = JObject.Parse(json);
        Path(path).Put(root, 2, JObject.Parse("""{"numbers":{"preset":1},"things":{}}"""));

        Assert.Equal(expected, root.ToString(Formatting.None));
    }

    [Theory]
    [InlineData("count", null)]
    [InlineData("things.any.width", null)]
    [InlineData("numbers.any", null)]
    [InlineData("things.*.nothing", null)]
    [InlineData("cuont", "a setting; the nearest is count")]
    [InlineData("lim", "a setting; the nearest is limit")]
    [InlineData("things.a.widht", "a setting; the nearest is things.a.width")]
    [InlineData("count.a", "a setting: count is set as a whole, there is nothing below it")]
    [InlineData("numbers.a.b", "a setting: numbers.a is set as a whole, there is nothing below it")]
    [InlineData("spans.a.from", "a setting: spans.a is set as a whole, there is nothing below it")]
    [InlineData("limit.a", "a setting: limit is set as a whole, there is nothing below it")]
    public void MistakeIn_Path_NamesTheNearestKey(string path, string? mistake) =>
        Assert.Equal(mistake, SettingsSchema.MistakeIn(typeof(SampleSettings), path.Split('.')));

    private static SettingPath Path(string text) => SettingPath.TryParse(text)!.Value;
}
