using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

public sealed class SettingsBinderTests
{
    private const string NoSetting =
        "it must be absent: it is no setting; the settings here are isOn, count, big, factor, label, mode, limit, note, nested, numbers, things, spans.";

    [Fact]
    public void Bind_Nothing_GivesTheDefaults() => AssertSame(new SampleSettings(), Bound("{}"));

    [Fact]
    public void Bind_EveryType_IsRead()
    {
        var settings = Bound("""
            {"isOn":false,"count":7,"big":9007199254740993,"factor":2.25,"label":"ü","mode":"allAtOnce","limit":5,"note":"n","nested":{"width":9},
             "numbers":{"a":1,"b":2},"things":{"t":{"width":4,"colour":"blue"}},"spans":{"s":[1,2.5]}}
            """);

        AssertSame(
            new SampleSettings
            {
                IsOn = false, Count = 7, Big = 9_007_199_254_740_993, Factor = 2.25, Label = "ü", Mode = SampleMode.AllAtOnce, Limit = 5, Note = "n",
                Nested = new SampleNested { Width = 9 },
                Numbers = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 },
                Things = new Dictionary<string, SampleNested> { ["t"] = new() { Width = 4, Colour = "blue" } },
                Spans = new Dictionary<string, SampleSpan> { ["s"] = new(1, 2.5) },
            },
            settings);
    }

    [Theory]
    [InlineData("""{"$version":7,"$metadata":{"count":99},"x-comment":{"any":"thing"}}""")]
    [InlineData("""{"count":null,"limit":null,"nested":null,"numbers":null,"label":null}""")]
    [InlineData("""{"count":3.0,"factor":1.5}""")]
    [InlineData("""{"nested":{"width":null}}""")]
    [InlineData("""{"things":{"gone":null}}""")]
    public void Bind_MetadataCommentsAndNull_LeaveTheDefaults(string desired) => AssertSame(new SampleSettings(), Bound(desired));

    /// <summary>As text it would be saved, and reported, as something else.</summary>
    [Fact]
    public void Bind_HalfASurrogatePair_IsAnError()
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SampleSettings>(new JObject { ["label"] = "a\ud800", ["numbers"] = new JObject { ["\udc00b"] = 1, ["\ud83d\ude00"] = 2 }, ["x-note"] = "\ud800" }, errors);

        Assert.Equal(
            [
                "label is \"a\ud800\"; it must be text; half a surrogate pair is none.",
                "numbers.\udc00b is \"\udc00b\"; it must be under a name that is text; half a surrogate pair is none.",
            ],
            errors.All.Select(error => error.Message));
    }

    [Theory]
    [InlineData("isOn", "1", "isOn is 1; it must be true or false.")]
    [InlineData("isOn", "\"true\"", "isOn is \"true\"; it must be true or false.")]
    [InlineData("count", "\"5\"", "count is \"5\"; it must be a whole number.")]
    [InlineData("count", "5.5", "count is 5.5; it must be a whole number.")]
    [InlineData("count", "3000000000", "count is 3000000000; it must be a whole number.")]
    [InlineData("count", "true", "count is true; it must be a whole number.")]
    [InlineData("count", "[]", "count is []; it must be a whole number.")]
    [InlineData("count", "{}", "count is {}; it must be a whole number.")]
    [InlineData("count", "100000000000000000000", "count is 100000000000000000000; it must be a whole number.")]
    [InlineData("big", "1e300", "big is 1E+300; it must be a whole number.")]
    [InlineData("big", "9223372036854775808", "big is 9223372036854775808; it must be a whole number.")]
    [InlineData("factor", "\"1\"", "factor is \"1\"; it must be a finite number.")]
    [InlineData("factor", "NaN", "factor is \"NaN\"; it must be a finite number.")]
    [InlineData("label", "5", "label is 5; it must be a string.")]
    [InlineData("mode", "\"AllAtOnce\"", "mode is \"AllAtOnce\"; it must be \"oneByOne\" or \"allAtOnce\".")]
    [InlineData("mode", "1", "mode is 1; it must be \"oneByOne\" or \"allAtOnce\".")]
    [InlineData("nested", "5", "nested is 5; it must be an object.")]
    [InlineData("nested", "{\"width\":\"x\"}", "nested.width is \"x\"; it must be a whole number.")]
    [InlineData("numbers", "[1]", "numbers is [1]; it must be an object.")]
    [InlineData("numbers", "{\"a\":\"b\"}", "numbers.a is \"b\"; it must be a whole number.")]
    [InlineData("spans", "{\"a\":5}", "spans.a is 5; it must be an array of two numbers.")]
    [InlineData("things", "{\"a%2Eb\":{\"width\":true}}", "things.a%2Eb.width is true; it must be a whole number.")]
    [InlineData("count", "11", "count is 11; it must be 1 to 10.")]
    [InlineData("limit", "0", "limit is 0; it must be more than 0.")]
    [InlineData("things", "{\"a%2Eb\":{\"width\":-1}}", "things.a%2Eb.width is -1; it must be 0 or more.")]
    [InlineData("twice", "4", $"twice is 4; {NoSetting}")]
    [InlineData("Count", "4", $"Count is 4; {NoSetting}")]
    [InlineData("nested", "{\"x-y\":1}", "nested.x-y is 1; it must be absent: it is no setting; the settings here are width, colour.")]
    public void Bind_WrongValue_IsOneErrorWithPathValueAndRule(string key, string value, string message)
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SampleSettings>(new JObject { [key] = JToken.Parse(value) }, errors);

        Assert.Equal([message], errors.All.Select(error => error.Message));
    }

    [Theory]
    [InlineData("factor", "100000000000000000000", 1e20)]
    [InlineData("factor", "3", 3.0)]
    [InlineData("factor", "1e300", 1e300)]
    public void Bind_NumberOfAnySize_IsADouble(string key, string value, double expected) => Assert.Equal(expected, Bound($$"""{"{{key}}":{{value}}}""").Factor);

    [Fact]
    public void Bind_SeveralMistakes_FindsThemAll()
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SampleSettings>(JObject.Parse("""{"isOn":1,"cuont":5,"nested":{"width":"x","depth":1},"numbers":{"a":true,"b":1,"c":[]}}"""), errors);

        Assert.Equal(["isOn", "cuont", "nested.width", "nested.depth", "numbers.a", "numbers.c"], errors.All.Select(error => error.Path));
    }

    [Fact]
    public void Bind_SeveralBrokenRules_FindsThemAll()
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SampleSettings>(JObject.Parse("""{"count":0,"factor":-1,"limit":-5,"things":{"a":{"width":-1},"b":{"width":-2}}}"""), errors);

        Assert.Equal(["count", "factor", "limit", "things.a.width", "things.b.width"], errors.All.Select(error => error.Path));
    }

    [Fact]
    public void Bind_LongText_IsShortenedInTheError()
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SampleSettings>(new JObject { ["count"] = new string('x', 5000) }, errors);

        Assert.InRange(errors.All.Single().Message.Length, 100, 200);
    }

    [Fact]
    public void Bind_IdsInKeys_AreDecoded() =>
        Assert.Equal(["press 1.a", "50%", "#$", "\t"], Bound("""{"numbers":{"press%201%2Ea":1,"50%25":2,"%23%24":3,"%09":4}}""").Numbers.Keys);

    [Property(MaxTest = 300, QuietOnSuccess = true)]
    public void EncodeId_AnyId_IsAKeyThatTwinsTakeAndComesBack(string? id)
    {
        if (id is null || id.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar)) return;
        var key = SettingsBinder.EncodeId(id);

        Assert.DoesNotContain(key, c => c is '.' or '$' or '#' || char.IsWhiteSpace(c));
        Assert.Equal(id, Uri.UnescapeDataString(key));
    }

    [Theory]
    [InlineData("a\u00A0b", "a%C2%A0b")]
    [InlineData("a\u2003b", "a%E2%80%83b")]
    [InlineData("50%. $#", "50%25%2E%20%24%23")]
    public void EncodeId_BlanksBeyondAscii_ComeBack(string id, string key) =>
        Assert.Equal((key, id), (SettingsBinder.EncodeId(id), Uri.UnescapeDataString(SettingsBinder.EncodeId(id))));

    [Fact]
    public void ToJson_Defaults_NamesEverySetting() =>
        Assert.Equal(
            """{"isOn":true,"count":3,"big":1099511627776,"factor":1.5,"label":"none","mode":"oneByOne","limit":null,"note":null"""
            + ""","nested":{"width":1,"colour":"red"},"numbers":{"preset":1},"things":{},"spans":{}}""",
            SettingsBinder.ToJson(new SampleSettings()).ToString(Newtonsoft.Json.Formatting.None));

    [Property(MaxTest = 200, QuietOnSuccess = true)]
    public void Bind_ToJsonOfAnySettings_GivesThemBack(bool isOn, byte count, long big, string? label, bool mode, byte? limit, string? note, string[] ids, short width)
    {
        if (((string?[])[label, note, .. ids]).Any(text => text?.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar) == true)) return;
        var known = ids.Where(id => id is not null).Distinct().ToList();
        var settings = new SampleSettings
        {
            IsOn = isOn, Count = 1 + count % 10, Big = big, Factor = 1 + count / 3.0, Label = label ?? "", Mode = mode ? SampleMode.AllAtOnce : SampleMode.OneByOne,
            Limit = limit + 1, Note = note, Nested = new SampleNested { Width = width },
            Numbers = known.ToDictionary(id => id, id => id.Length),
            Things = known.ToDictionary(id => id, id => new SampleNested { Width = Math.Abs((int)width), Colour = id }),
            Spans = known.ToDictionary(id => id, id => new SampleSpan(width, id.Length + 0.5)),
        };
        var json = JsonText.ParseObject(JsonText.ToUtf8(SettingsBinder.ToJson(settings)));

        AssertSame(settings, Bound(json.ToString()));
    }

    private static SampleSettings Bound(string desired)
    {
        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<SampleSettings>(JsonText.Parse(desired) as JObject ?? [], errors);
        Assert.Empty(errors.All);
        return settings;
    }

    /// <summary>Records with dictionaries do not compare by value.</summary>
    private static void AssertSame(SampleSettings expected, SampleSettings actual)
    {
        var none = new SampleSettings();
        Assert.Equal(expected.Numbers, actual.Numbers);
        Assert.Equal(expected.Things, actual.Things);
        Assert.Equal(expected.Spans, actual.Spans);
        Assert.Equal(
            expected with { Numbers = none.Numbers, Things = none.Things, Spans = none.Spans },
            actual with { Numbers = none.Numbers, Things = none.Things, Spans = none.Spans });
    }
}
