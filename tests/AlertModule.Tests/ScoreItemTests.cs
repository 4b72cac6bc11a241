using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests;

public sealed class ScoreItemTests
{
    [Theory]
    [InlineData("""{"name":"pca","version":"1","sha256":"00"}""", "pca")]
    [InlineData("""{"version":"1"}""", null)]
    [InlineData("\"pca\"", "pca")]
    [InlineData("null", null)]
    public void Read_ModelAsNameOrObject_HasItsName(string model, string? expected)
    {
        var item = JObject.Parse($$"""{"deviceId":"a","timestamp":1767225600000,"score":0.9,"contributions":{"t":1},"model":{{model}},"windowStart":1}""");
        var (score, rejected) = ScoreItem.Read(item, 0);
        Assert.Null(rejected);
        Assert.Equal(expected, score!.Model);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("""{"name":5}""")]
    [InlineData("""["pca"]""")]
    public void Read_ModelOfAnotherType_IsRejected(string model)
    {
        var item = JObject.Parse($$"""{"deviceId":"a","timestamp":1767225600000,"model":{{model}},"score":0.9}""");
        Assert.Equal("model", ScoreItem.Read(item, 0).Rejected!.Property);
    }
}
