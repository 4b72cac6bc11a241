using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Models.Tests;

public class ModelManifestTests
{
    private const string Least = """
        {"name":"a","version":"1","features":[{"name":"x"}],"window":{"size":1},"normalisation":{"kind":"none"},"limit":0.8}
        """;

    [Fact]
    public void ToJson_OfAWholeManifest_IsInOneOrderWithoutBlanks()
    {
        const string Expected = """
            {"format":1,"name":"press","version":"1.0.0","family":"linearAutoencoder",
            "features":[{"name":"temperature","unit":"°C","min":-40.0,"max":125.0},{"name":"humidity"}],
            "window":{"size":2,"samplePeriodMs":1000},
            "normalisation":{"kind":"static","means":[20.5,45.0],"deviations":[2.0,0.1]},"limit":0.8,
            "dataSet":{"id":"press-2026","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","rows":1000,"from":"2026-01-01T00:00:00Z"},
            "training":{"f1":0.93},
            "golden":[{"input":[20.1,45.0,1E-07,44.0],"score":0.25,"tolerance":0.0001}],"minimumRuntime":"1.17"}
            """;

        Assert.Equal(Expected.ReplaceLineEndings(""), Samples.Manifest.ToJson());
    }

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSameManifest()
    {
        var ewma = Samples.Manifest with
        {
            Normalisation = new Normalisation { Kind = Normalisation.Ewma, HalfLifeReadings = 600.5, FreezeReadings = 100, Deviations = [0.1, 0.2] },
        };

        Assert.Equal(Samples.Manifest.ToJson(), ModelManifest.Read(Samples.Manifest.ToJson()).ToJson());
        Assert.Equal(ewma.ToJson(), ModelManifest.Read(ewma.ToJson()).ToJson());
    }

    [Fact]
    public void Read_OfTheLeast_HasTheDefaults()
    {
        var manifest = ModelManifest.Read(Least);

        Assert.Equal(
            (1, "foreign", "1.17", 0, 0L),
            (manifest.Format, manifest.Family, manifest.MinimumRuntime, manifest.Golden.Count, manifest.Window.SamplePeriodMs));
        Assert.Null(manifest.DataSet);
    }

    [Fact]
    public void Read_WithManyErrors_NamesEachWithPathValueAndWhatItMustBe()
    {
        const string Wrong = """
            {"format":2,"name":"no spaces","family":"forest","features":[{"name":"x","min":5,"max":1},{"name":"x"},7],"window":{"size":0},
             "normalisation":{"kind":"static","means":[1,"2",3],"deviations":[1,0,1]},"limit":1,"dataSet":{"id":"d","sha256":"A","rows":-1},
             "golden":[{"input":[1],"score":2}],"minimumRuntime":"new","limt":0.8}
            """;

        var error = Assert.Throws<ModelFormatException>(() => ModelManifest.Read(Wrong));

        Assert.Equal(
            [
                "features[0].max is 1; it must be greater than min (5).",
                "features[1].name is \"x\"; it must be different from the names before it.",
                "features[2] is 7; it must be an object.",
                "window.size is 0; it must be a whole number from 1 to 1024.",
                "format is 2; it must be 1, the format that this version reads.",
                "name is \"no spaces\"; it must be 1 to 64 of A-Z a-z 0-9 . _ -.",
                "version is absent; it must be 1 to 64 of A-Z a-z 0-9 . _ -.",
                "family is \"forest\"; it must be one of pca, linearAutoencoder, mlpAutoencoder, foreign.",
                "normalisation.means[1] is \"2\"; it must be a finite number.",
                "normalisation.deviations[1] is 0; it must be a finite number above 0.",
                "limit is 1; it must be a number above 0 and below 1.",
                "dataSet.sha256 is \"A\"; it must be 64 digits of 0-9 a-f.",
                "dataSet.rows is -1; it must be a whole number, 0 or more.",
                "golden[0].input has 1 items; it must be an array of 3.",
                "golden[0].score is 2; it must be a number from 0 to 1.",
                "minimumRuntime is \"new\"; it must be a version as \"1.17\".",
                "limt is 0.8; it must be absent, or spelt as the documentation has it.",
            ],
            error.Errors);
    }

    [Theory]
    [InlineData("limit", "NaN", "limit is \"NaN\"; it must be a number above 0 and below 1.")]
    [InlineData("limit", "1e400", "limit is \"Infinity\"; it must be a number above 0 and below 1.")]
    [InlineData("window", "null", "window is null; it must be an object.")]
    [InlineData("window", "{\"size\":1.5}", "window.size is 1.5; it must be a whole number from 1 to 1024.")]
    [InlineData("window", "{\"size\":99999999999999999999}", "window.size is 99999999999999999999; it must be a whole number from 1 to 1024.")]
    [InlineData("features", "[]", "features has 0 items; it must be an array of 1 to 64.")]
    [InlineData("features", "[{\"name\":\"x\",\"max\":Infinity}]", "features[0].max is \"Infinity\"; it must be a finite number.")]
    [InlineData("golden", "{}", "golden is {}; it must be an array of 0 to 64.")]
    [InlineData("golden", "[{\"input\":[1e39],\"score\":0}]", "golden[0].input[0] is 1E+39; it must be a finite number.")]
    [InlineData(
        "normalisation",
        "{\"kind\":\"none\",\"means\":[1]}",
        "normalisation.means is [1]; it must be absent with kind none, or spelt as the documentation has it.")]
    [InlineData("normalisation", "{\"kind\":\"ewma\",\"halfLifeReadings\":0}", "normalisation.halfLifeReadings is 0; it must be a number from 1 to 1000000000.")]
    public void Read_WithOneFieldWrong_NamesIt(string field, string value, string expected)
    {
        var json = JObject.Parse(Least);
        json.Remove(field);
        var text = json.ToString(Newtonsoft.Json.Formatting.None)[..^1] + $",\"{field}\":{value}}}";

        Assert.Equal([expected], Assert.Throws<ModelFormatException>(() => ModelManifest.Read(text)).Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("[]")]
    public void Read_OfWhatIsNoObject_Throws(string json) => Assert.Throws<ModelFormatException>(() => ModelManifest.Read(json));

    [Property(MaxTest = 300)]
    public void Read_OfADamagedManifest_ReadsOrThrowsTheOneException(int at, char by)
    {
        var json = Samples.Manifest.ToJson().ToCharArray();
        json[(int)((uint)at % json.Length)] = by;
        var error = Record.Exception(() => ModelManifest.Read(new string(json)));
        Assert.True(error is null or ModelFormatException, $"{error}");
    }
}
