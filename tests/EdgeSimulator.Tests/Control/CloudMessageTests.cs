using EdgeSimulator.Control;

namespace EdgeSimulator.Tests.Control;

public class CloudMessageTests
{
    private const string Line = """
        {"enqueuedTimeUtc":"2026-01-31T23:59:58.1239999Z","deviceId":"d","moduleId":"M","messageId":null,"properties":{"a":"1","b":"x\u001b[2J"},"systemProperties":{},"bodyBase64":"AAE="}
        """;

    [Fact]
    public void ToLine_AnyMessage_HasNoControlCharacters() =>
        Assert.Equal($"23:59:58.123 {"M",-16} {"-",-48} a=1 b=x\uFFFD[2J AAE=", CloudMessage.Parse(Line)!.ToLine(200));

    [Fact]
    public void ToLine_MessageThatCameInABatch_NamesIt()
    {
        const string line = """
            {"enqueuedTimeUtc":"2026-01-31T23:59:58Z","deviceId":"d","moduleId":"M","messageId":"m-1","batchId":"low/7","properties":{"a":"1"},"systemProperties":{},"body":[1]}
            """;
        Assert.Equal($"23:59:58.000 {"M",-16} {"m-1",-48} in low/7 a=1 [1]", CloudMessage.Parse(line)!.ToLine(200));
    }

    [Fact]
    public void ToLine_CompressedBody_IsTold()
    {
        const string line = """
            {"enqueuedTimeUtc":"2026-01-31T23:59:58Z","deviceId":"d","moduleId":"M","messageId":"m-1","properties":{},"systemProperties":{"contentEncoding":"gzip"},"bodyBase64":"AAE="}
            """;
        Assert.EndsWith(" (gzip, 2 bytes)", CloudMessage.Parse(line)!.ToLine(200));
    }

    [Theory]
    [InlineData(130, "filtered/3ac261… messageType=reading priority=normal coun… [{\"deviceId\":\"press-1\",\"temperature\":21.…")]
    [InlineData(90, "filtered/3ac261… messageType=reading … [{\"deviceId\":\"press-…")]
    public void ToLine_LongMessage_ShowsSomethingOfEverything(int width, string end)
    {
        var message = new CloudMessage(
            "23:59:58.123",
            "FilterModule",
            "filtered/3ac261fe752a6dcf18/0",
            [new("messageType", "reading"), new("priority", "normal"), new("count", "1")],
            """[{"deviceId":"press-1","temperature":21.5}]""");
        Assert.Equal($"23:59:58.123 {"FilterModule",-16} {end}", message.ToLine(width));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(20)]
    [InlineData(1)]
    public void ToLine_NarrowTerminal_IsCutToItsWidth(int width)
    {
        var line = CloudMessage.Parse(Line)!.ToLine(width);
        Assert.Equal(width, line.Length);
        Assert.EndsWith("…", line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"enqueuedTimeUtc":5}""")]
    [InlineData("""{"enqueuedTimeUtc":"2026-01-31T23:59:58Z","moduleId":"M","messageId":"1","properties":{"a":1},"body":1}""")]
    [InlineData("""{"enqueuedTimeUtc":"2026-01-31T23:59:58Z","moduleId":"M","messageId":"1","prop""")]
    public void Parse_NoMessage_IsNull(string line) => Assert.Null(CloudMessage.Parse(line));
}
