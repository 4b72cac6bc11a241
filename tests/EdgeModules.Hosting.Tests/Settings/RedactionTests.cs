using EdgeModules.Hosting.Settings;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("https://store.test/m.onnx?sv=1&sig=abc%3D&se=2", "https://store.test/m.onnx?…")]
    [InlineData("see https://store.test/m.onnx?sig=abc and more", "see https://store.test/m.onnx?… and more")]
    [InlineData("https://user:word@store.test/m.onnx", "https://…@store.test/m.onnx")]
    [InlineData(
        "HostName=hub;DeviceId=d;SharedAccessKeyName=owner;SharedAccessKey=YWJj+/=;ModuleId=m",
        "HostName=hub;DeviceId=d;SharedAccessKeyName=owner;SharedAccessKey=…;ModuleId=m")]
    [InlineData("SharedAccessSignature sr=hub%2Fdevices&sig=abc%3D&se=1", "SharedAccessSignature sr=hub%2Fdevices&sig=…&se=1")]
    [InlineData("AccountKey=YWJj==;PASSWORD=x y", "AccountKey=…;PASSWORD=… y")]
    [InlineData("what is 5 = 5?", "what is 5 = 5?")]
    [InlineData("https://store.test/m.onnx", "https://store.test/m.onnx")]
    [InlineData("", "")]
    public void Of_Text_LosesItsSecretsOnly(string text, string shown) => Assert.Equal(shown, Redaction.Of(text));

    [Fact]
    public void Of_Tree_LosesThoseOfItsTextsAndStaysAsItWas()
    {
        var json = JObject.Parse("""{"a":["https://s.test/?sig=x",5,null],"b":{"c":"key=y"}}""");
        Assert.Equal("""{"a":["https://s.test/?…",5,null],"b":{"c":"key=…"}}""", Redaction.Of(json).ToString(Formatting.None));
        Assert.Equal("https://s.test/?sig=x", (string?)json["a"]![0]);
    }

    /// <summary>An operator writes a signed address under a wrong key, or with a wrong type beside it.</summary>
    [Fact]
    public void Add_SecretInAValueThatIsNoSetting_IsNotTold()
    {
        var errors = new SettingErrors();
        errors.Add("uri", new JValue($"https://store.test/{new string('m', 60)}?sig=SECRET"), "absent");
        errors.Add("candidate", JObject.Parse("""{"address":"https://store.test/m?sig=SECRET","n":"SharedAccessKey=SECRET"}"""), "absent");
        errors.Add("text", "https://store.test/m?sig=SECRET", "absent");
        Assert.Equal(3, errors.All.Count);
        Assert.All(errors.All, error => Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal));
    }
}
