using EdgeSimulator.Scoring;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Scoring;

public sealed class LabelFileTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public LabelFileTests() => _root.Write("data/pump.labels.csv", "row,deviceId,reading,label\n1,a,1,0\n2,b,1,1\n3,a,2,0\n");

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("""{"mode":"replay","replay":{"file":"data/pump.csv"}}""")]
    [InlineData("""{"replay":{"file":"data/pump.csv","loop":false,"faults":{}}}""")]
    public void Find_DataWithLabelsBesideIt_HasThemByRow(string source)
    {
        var labels = Find(source);
        Assert.Equal(Path.Combine("data", "pump.labels.csv"), labels?.Name);
        Assert.Equal([false, true, false], labels!.Rows);
    }

    [Theory]
    [InlineData("""{"mode":"synthetic","replay":{"file":"data/pump.csv"}}""")]
    [InlineData("""{"replay":{"file":"data/pump.csv","loop":true}}""")]
    [InlineData("""{"replay":{"file":"data/pump.csv","faults":{"spikeRate":0.1}}}""")]
    [InlineData("""{"replay":{"file":"data/other.csv"}}""")]
    [InlineData("{}")]
    public void Find_DataWithoutLabelsOrNotAsTheyWere_IsNull(string source) => Assert.Null(Find(source));

    [Fact]
    public void Find_NoSource_IsNull() => Assert.Null(LabelFile.Find(null, _root.FullPath));

    [Theory]
    [InlineData("", "line 1: it must name the columns row and label")]
    [InlineData("row,reading\n1,1\n", "line 1: it must name the columns row and label")]
    [InlineData("row,label\n1,0\n3,0\n", "line 3: it must be of row 2")]
    [InlineData("row,label\n1,yes\n", "line 2: it must be of row 1, with a label of 0 or 1")]
    public void Find_LabelsThatAreWrong_IsNamedWithTheLine(string text, string reason)
    {
        _root.Write("data/pump.labels.csv", text);
        Assert.Contains(reason, Assert.Throws<SimulatorException>(() => Find("""{"replay":{"file":"data/pump.csv"}}""")).Message);
    }

    private LabelFile? Find(string source) => LabelFile.Find(JObject.Parse(source), _root.FullPath);
}
