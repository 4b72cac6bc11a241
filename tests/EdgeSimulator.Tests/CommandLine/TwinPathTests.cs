using EdgeSimulator.CommandLine;
using Newtonsoft.Json;

namespace EdgeSimulator.Tests.CommandLine;

public class TwinPathTests
{
    [Theory]
    [InlineData("a=5", """{"a":5}""")]
    [InlineData("deadbands.temperature=-1", """{"deadbands":{"temperature":-1}}""")]
    [InlineData("a.b.c=true", """{"a":{"b":{"c":true}}}""")]
    [InlineData("a=null", """{"a":null}""")]
    [InlineData("a={\"b\":[1,2]}", """{"a":{"b":[1,2]}}""")]
    [InlineData("a=text with = and .", """{"a":"text with = and ."}""")]
    [InlineData("a=\"5\"", """{"a":"5"}""")]
    [InlineData("a=", """{"a":""}""")]
    [InlineData("a=2026-01-31T12:00:00Z", """{"a":"2026-01-31T12:00:00Z"}""")]
    [InlineData("devices.a%2Eb.x=1", """{"devices":{"a%2Eb":{"x":1}}}""")]
    public void Parse_Assignment_GivesTheMergePatch(string assignment, string patch) =>
        Assert.Equal(patch, TwinPath.Parse(assignment).ToString(Formatting.None));

    [Theory]
    [InlineData("a")]
    [InlineData("=5")]
    [InlineData("a..b=5")]
    [InlineData(".a=5")]
    [InlineData("a.=5")]
    [InlineData("a b=5")]
    [InlineData("$version=5")]
    public void Parse_Other_IsRefused(string assignment) =>
        Assert.StartsWith($"\"{assignment}\" must be path=value", Assert.Throws<SimulatorException>(() => TwinPath.Parse(assignment)).Message);

    [Fact]
    public void ParseAll_SeveralAssignments_AreOnePatch() =>
        Assert.Equal("""{"a":{"x":1,"y":null},"b":3}""", TwinPath.ParseAll(["a.x=1", "b=2", "a.y=null", "b=3"]).ToString(Formatting.None));

    [Fact]
    public void ParseWithModule_Assignment_SplitsAtTheFirstDot()
    {
        var (module, patch) = TwinPath.ParseWithModule("FilterModule.a.b=x.y");
        Assert.Equal(("FilterModule", """{"a":{"b":"x.y"}}"""), (module, patch.ToString(Formatting.None)));
        Assert.Throws<SimulatorException>(() => TwinPath.ParseWithModule("a=b.c"));
    }
}
