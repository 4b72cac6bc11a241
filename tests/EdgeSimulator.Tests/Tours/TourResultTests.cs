using EdgeSimulator.Accounting;
using EdgeSimulator.Tours;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Tours;

public class TourResultTests
{
    private static readonly TourResult AsTold = new([], [], TimeSpan.FromSeconds(200));

    [Theory]
    [InlineData("""{"received":10,"scored":10}""", true)]
    [InlineData("""{"received":10,"scored":10,"dropped":{"noModel":0}}""", true)]
    [InlineData("""{"received":10,"scored":9,"dropped":{"noModel":1}}""", false)]
    public void WithBooks_WindowsThatASwapCost_AreADifference(string ledger, bool wentAsTold)
    {
        var result = AsTold.WithBooks(new Dictionary<string, ModuleLedger> { ["InferenceModule"] = new(JObject.Parse(ledger)) });
        Assert.Equal(wentAsTold, result.WentAsTold);
        Assert.Equal(wentAsTold ? [] : ["""InferenceModule dropped readings: {"noModel":1}; no swap may cost one."""], result.Differences);
    }

    [Fact]
    public void ToJson_PartsAndDecisions_AreAllThere()
    {
        var model = new TourModel("pump", "1.1.0", "abc", 10, new Uri("https://localhost/models/pump.onnx"));
        var report = new DecisionReport(JObject.Parse("""{"candidate":{"sha256":"abc"},"decision":"rejected","reason":"No."}"""));
        var json = (AsTold with { Parts = [new TourPart(model, ["rejected"], [new TourDecision(TimeSpan.FromSeconds(30.5), report)])] }).ToJson();
        Assert.Equal("shadow", json.Value<string>("name"));
        Assert.True(json.Value<bool>("wentAsTold"));
        Assert.Equal(0.5, json["policy"]!.Value<double>("minShadowMinutes"));
        Assert.Equal(
            JToken.Parse("""
                [{"candidate":{"name":"pump","version":"1.1.0","sha256":"abc","url":"https://localhost/models/pump.onnx"},"expected":["rejected"],
                  "decisions":[{"seconds":30.5,"report":{"candidate":{"sha256":"abc"},"decision":"rejected","reason":"No."}}]}]
                """),
            json["parts"]!,
            JToken.EqualityComparer);
    }

    [Fact]
    public void Describe_ARule_TellsNumberLimitAndVerdict()
    {
        var report = new DecisionReport(JObject.Parse("""
            {"rules":[
              {"rule":"featureProbeLossPoints","limit":"<= 25","verdict":"broken","value":99.5,"note":"vibration"},
              {"rule":"deviceAgreement","limit":">= 0.7","verdict":"held"}]}
            """));
        Assert.Equal("featureProbeLossPoints 99.5 (vibration); it must be <= 25: broken.", report.Describe("featureProbeLossPoints"));
        Assert.Equal("deviceAgreement; it must be >= 0.7: held.", report.Describe("deviceAgreement"));
        Assert.Null(report.Describe("blocks"));
        Assert.Equal(["featureProbeLossPoints"], report.BrokenRules);
    }
}
