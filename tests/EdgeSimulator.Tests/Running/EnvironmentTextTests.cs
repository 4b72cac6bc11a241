using EdgeSimulator.Running;

namespace EdgeSimulator.Tests.Running;

public class EnvironmentTextTests
{
    [Fact]
    public void Exports_AnyValue_IsQuotedForAShell() =>
        Assert.Equal(["export A='it'\\''s $HOME'"], EnvironmentText.Exports([new("A", "it's $HOME")]));

    [Fact]
    public void EnvironmentFile_ValueOfTwoLines_IsRefusedByName()
    {
        Assert.Equal(["A=b c"], EnvironmentText.EnvironmentFile([new("A", "b c")]));
        var error = Assert.Throws<SimulatorException>(() => EnvironmentText.EnvironmentFile([new("A", "b\nc")]).ToList());
        Assert.StartsWith("The value of A has more than one line", error.Message);
    }
}
