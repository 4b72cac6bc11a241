using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Manifests;

public class EnvFileTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("  A = 1  ", "1")]
    [InlineData("export A=1", "1")]
    [InlineData("A=", "")]
    [InlineData("A=\"x # y\"", "x # y")]
    [InlineData("A='x y' # why", "x y")]
    [InlineData("A=x # why", "x")]
    [InlineData("A=x#y", "x#y")]
    [InlineData("A=b=c", "b=c")]
    public void Parse_Line_GivesItsValue(string line, string value) => Assert.Equal(value, EnvFile.Parse([line], ".env")["A"]);

    [Fact]
    public void Parse_CommentsAndBlankLines_AreSkippedAndTheLastValueCounts() =>
        Assert.Equal(new Dictionary<string, string> { ["A"] = "2" }, EnvFile.Parse(["# A=0", "", "A=1", "A=2"], ".env"));

    [Theory]
    [InlineData("just text")]
    [InlineData("=1")]
    [InlineData("1A=1")]
    [InlineData("A B=1")]
    public void Parse_OtherLine_IsRefusedWithItsNumber(string line)
    {
        var error = Assert.ThrowsAny<SimulatorException>(() => EnvFile.Parse(["A=1", line], "my.env"));
        Assert.Equal($"my.env, line 2 is \"{line}\"; it must be NAME=value.", error.Message);
    }
}
