using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Bind_Everything_IsReadAndWrittenBack()
    {
        var json = JObject.Parse("""
            {"active":{"source":"file","file":"line/press.onnx","url":null,"data":null,"sha256":"SHA","sizeBytes":1000,"signature":null,"manifest":MANIFEST},
             "candidate":{"source":"https","file":null,"url":"https://store.test/m.onnx","data":null,"sha256":"SHA","sizeBytes":null,"signature":null,
              "manifest":null},
             "policy":{"mode":"improve","publicKey":null,"maxModelBytes":100000,"downloadHours":2.0,"minShadowMinutes":1.5,"maxShadowMinutes":30.0,
              "minBlocks":20,
              "blockSeconds":0.0,"minAgreement":0.8,"minDeviceAgreement":0.6,"minDeviceBlocks":5,"maxAlertRatio":3.0,"alertSignificance":0.05,
              "maxStabilityIndex":0.5,"minRankCorrelation":0.5,"minProbes":10,"minFeatureProbes":4,"probeDeviations":5.0,"maxProbeLossPoints":15.0,
              "maxFeatureProbeLossPoints":30.0,"maxLatencyP99Ms":20.0,"maxLatencyRatio":6.0,"latencyP50FloorMs":2.0,"maxDropPercent":10.0,
              "maxErrorPercent":1.0,"probationMinutes":2.0,"probationAlertRatio":4.0,"probationSlowMinutes":2},
             "command":{"id":"7","action":"rollback","sha256":"SHA"},
             "windowSize":60,"features":["temperature","humidity"],"stride":2,"maxGapMs":5000,"gaps":"continue","missing":"reset","holdReadings":5,
             "maxDevices":10,"maxRingMegabytes":7,"scoreIntervalSeconds":0,"emitInvalid":true}
            """.Replace("SHA", new string('a', 64), StringComparison.Ordinal).Replace("MANIFEST", TinyModel.Manifest().ToJson(), StringComparison.Ordinal));
        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<InferenceSettings>(json, errors);
        Assert.Empty(errors.All);
        Assert.True(JToken.DeepEquals(json, SettingsBinder.ToJson(settings)), SettingsBinder.ToJson(settings).ToString());
    }

    [Theory]
    [InlineData("""{"active":{"source":"file","sha256":"SHA"}}""", "active.file")]
    [InlineData("""{"active":{"source":"file","file":"../m.onnx","sha256":"SHA"}}""", "active.file")]
    [InlineData("""{"active":{"source":"file","file":"/etc/m.onnx","sha256":"SHA"}}""", "active.file")]
    [InlineData("""{"active":{"source":"file","file":"m.onnx"}}""", "active.sha256")]
    [InlineData("""{"active":{"source":"file","file":"m.onnx","sha256":"ABC"}}""", "active.sha256")]
    [InlineData("""{"active":{"source":"https","url":"http://a.test/m","sha256":"SHA"}}""", "active.url")]
    [InlineData("""{"active":{"source":"https","sha256":"SHA"}}""", "active.url")]
    [InlineData("""{"active":{"source":"data","data":"?","sha256":"SHA"}}""", "active.data")]
    [InlineData("""{"active":{"source":"data","data":"AQID","url":"https://a.test","sha256":"SHA"}}""", "active.url")]
    [InlineData("""{"active":{"source":"data","data":"AQID","sha256":"SHA","sizeBytes":0}}""", "active.sizeBytes")]
    [InlineData("""{"active":{"source":"ftp"}}""", "active.source")]
    [InlineData("""{"active":{"manifest":{"name":"a b"}}}""", "active.manifest")]
    [InlineData("""{"candidate":{"source":"file","file":"m.onnx"}}""", "candidate.sha256")]
    [InlineData("""{"policy":{"mode":"brave"}}""", "policy.mode")]
    [InlineData("""{"policy":{"maxShadowMinutes":10}}""", "policy.maxShadowMinutes")]
    [InlineData("""{"policy":{"publicKey":"AQID"}}""", "policy.publicKey")]
    [InlineData("""{"policy":{"maxModelBytes":67108865}}""", "policy.maxModelBytes")]
    [InlineData("""{"command":{"action":"retry","sha256":"SHA"}}""", "command.id")]
    [InlineData("""{"command":{"id":"1","action":"retry","sha256":"abc"}}""", "command.sha256")]
    [InlineData("""{"windowSize":0}""", "windowSize")]
    [InlineData("""{"features":["a","a"]}""", "features")]
    [InlineData("""{"stride":0}""", "stride")]
    [InlineData("""{"maxGapMs":-1}""", "maxGapMs")]
    [InlineData("""{"missing":"guess"}""", "missing")]
    [InlineData("""{"holdReadings":0}""", "holdReadings")]
    [InlineData("""{"maxRingMegabytes":5000}""", "maxRingMegabytes")]
    [InlineData("""{"scoreIntervalSeconds":86401}""", "scoreIntervalSeconds")]
    public void Bind_WrongValue_NamesItsPath(string json, string path)
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<InferenceSettings>(JObject.Parse(json.Replace("SHA", new string('a', 64), StringComparison.Ordinal)), errors);
        Assert.Contains(path, errors.All.Select(error => error.Path));
    }

    [Theory]
    [InlineData("https://store.test/models/press.onnx?sv=2025&sig=secret", "https://store.test/models/press.onnx?…")]
    [InlineData("https://me:secret@store.test:8443/a%20b.onnx", "https://store.test:8443/a%20b.onnx")]
    public void Url_WithASecret_IsReportedWithoutIt(string url, string told)
    {
        var json = new JObject { ["active"] = new JObject { ["source"] = "https", ["sha256"] = new string('a', 64), ["url"] = url } };
        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<InferenceSettings>(json, errors);

        Assert.Empty(errors.All);
        Assert.Equal(told, (string?)SettingsBinder.ToJson(settings)["active"]!["url"]);
        Assert.Equal(new Uri(url), settings.Active.Url!.Uri);
        Assert.DoesNotContain("secret", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_UrlThatCannotBe_IsNotInTheError()
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<InferenceSettings>(JObject.Parse("""{"active":{"source":"https","url":"http://a.test/m?sig=secret"}}"""), errors);

        Assert.DoesNotContain("secret", string.Join(' ', errors.All.Select(error => error.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_AreValid()
    {
        var errors = new SettingErrors();
        new InferenceSettings().Validate(errors);
        Assert.Empty(errors.All);
    }
}
