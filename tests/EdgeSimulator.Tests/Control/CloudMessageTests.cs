using EdgeSimulator.Control;

namespace EdgeSimulator.Tests.Control;

public class CloudMessageTests
{
    private const string Line = """
        {"enqueuedTimeUtc":"2026-01-31T23:59:58.1239999Z","deviceId":"d","moduleId":"M","messageId":null,"properties":{"a":"1","b":"x\u001b[2J"},"systemProperties":{},"bodyBase64":"AAE="}
        """;

    [Fact]
    public void ToLine_AnyMessage_HasNoControlCharacters() =>
        Assert.Equal($"23:59:58.123 {"M",-16} {"-",-28} a=1 b=x\uFFFD[2J AAE=", CloudMessage.Parse(Line)!.ToLine(200));

    [Theory]
    [InlineData(73)]
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
