using EdgeSimulator.Linting;
using EdgeSimulator.Linting.Reports;
using Newtonsoft.Json.Linq;
using NJsonSchema;

namespace EdgeSimulator.Tests.Linting;

public sealed class LintVerbTests : IDisposable
{
    private const string Broken = "tests/EdgeSimulator.Tests/Linting/broken/";

    private static readonly LintOptions Usual = new([], [], null, null, [], IsStrict: false, LintFormat.Text, null);

    private readonly TemporaryDirectory _directory = new();
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _directory.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task Run_WithoutFile_LooksAtTheDefaultTemplate()
    {
        Assert.Equal(0, await RunAsync(Usual with { Format = LintFormat.Text }));
        Assert.Equal("0 errors, 0 warnings, 0 notes in 1 file.", _terminal.Text.Trim());
    }

    [Theory]
    [InlineData("image-tag.json", false, 0)]
    [InlineData("image-tag.json", true, 1)]
    [InlineData("input-unfed.json", true, 0)]
    [InlineData("route-syntax.json", false, 1)]
    public async Task Run_ByWhatItFinds_FailsOrNot(string file, bool isStrict, int exitCode) =>
        Assert.Equal(exitCode, await RunAsync(Usual with { Files = [Broken + file], IsStrict = isStrict }));

    [Fact]
    public async Task Run_Text_TellsPlaceWhyAndMendByFile()
    {
        await RunAsync(Usual with { Files = [Broken + "port-low.json", Broken + "container-memory.json"] });
        Assert.Equal(
            [
                Broken + "port-low.json",
                "  48:19 warning port-low: FilterModule listens on port 80 and does not run as root.",
                "      at    modulesContent.$edgeAgent['properties.desired'].modules.FilterModule.settings.createOptions.HostConfig.PortBindings",
                "      why   " + LintRules.PortLow.Why,
                "      mend  " + LintRules.PortLow.Mend,
                Broken + "container-memory.json",
            ],
            _terminal.Text.Split('\n').Select(line => line.TrimEnd()).Take(6));
        Assert.EndsWith("0 errors, 2 warnings, 0 notes in 2 files.", _terminal.Text.Trim());
    }

    [Fact]
    public async Task Run_Json_IsAnArrayOfFindings()
    {
        await RunAsync(Usual with { Files = [Broken + "route-types.json"], Format = LintFormat.Json });
        var route = JArray.Parse(_terminal.Text).First(finding => (string)finding["rule"]! == "route-types");
        Assert.Equal(
            ("error", Broken + "route-types.json", "modulesContent.$edgeHub['properties.desired'].routes.filtered.route"),
            ((string)route["severity"]!, (string)route["file"]!, (string)route["path"]!));
        // At the operator itself.
        var line = File.ReadLines(Path.Combine(LintRig.Root, Broken + "route-types.json")).ElementAt((int)route["line"]! - 1);
        Assert.StartsWith("> 25 INTO", line[((int)route["column"]! - 1)..]);
    }

    [Fact]
    public async Task Run_Ignored_IsLeftOut() =>
        Assert.Equal(0, await RunAsync(Usual with { Files = [Broken + "container-memory.json"], IsStrict = true, Ignored = ["container-memory"] }));

    [Fact]
    public async Task Run_Layers_AreLaidOverTheBase()
    {
        Assert.Equal(1, await RunAsync(Usual with { Files = [Broken + "layer-below-base.json"], Layers = [Broken + "layer-below-base.layer1.json"] }));
        Assert.Contains("layer-below-base.layer1.json\n", _terminal.Text.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("absent.json", null, null, "is absent")]
    [InlineData(Broken + "container-memory.json", Broken + "container-logs.json", null, "is no layer")]
    [InlineData(Broken + "layer-target.json", Broken + "layer-alone.json", null, "is a layer itself")]
    [InlineData(Broken + "container-memory.json", null, "memory", "--ignore is \"memory\"")]
    public async Task Run_WhatDoesNotFit_IsSaidInOneLine(string file, string? layer, string? ignored, string message)
    {
        var options = Usual with { Files = [file], Layers = layer is null ? [] : [layer], Ignored = ignored is null ? [] : [ignored] };
        var error = await Assert.ThrowsAsync<SimulatorException>(() => RunAsync(options));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task Run_LayerForSeveralFiles_IsRefused() => Assert.Contains(
        "it needs one, the base",
        (await Assert.ThrowsAsync<SimulatorException>(() => RunAsync(Usual with { Files = ["a.json", "b.json"], Layers = ["c.json"] }))).Message);

    [Theory]
    [InlineData("wrong-value")]
    [InlineData("json-syntax")]
    [InlineData("json-array")]
    public async Task Run_Sarif_IsValidAgainstThePublishedSchema(string name)
    {
        var file = Path.Combine(_directory.FullPath, "out", "lint.sarif");
        Assert.Equal(1, await RunAsync(Usual with { Files = [$"{Broken}{name}.json"], Format = LintFormat.Sarif, Output = file }));
        Assert.StartsWith($"Wrote {file}: ", _terminal.Text);

        var text = await File.ReadAllTextAsync(file);
        var schema = await SchemaAsync();
        Assert.Empty(schema.Validate(text));
        var run = JObject.Parse(text)["runs"]![0]!;
        Assert.All(run["results"]!, result =>
        {
            Assert.Equal(result["ruleId"], run["tool"]!["driver"]!["rules"]![(int)result["ruleIndex"]!]!["id"]);
            Assert.Equal($"{Broken}{name}.json", result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]);
        });
        Assert.Equal(run["results"]!.Count(), run["results"]!.Select(result => (string)result["partialFingerprints"]!["pathAndRule/v1"]!).Distinct().Count());
    }

    /// <summary>The schema does see mistakes; without this the test above could pass by seeing nothing.</summary>
    [Theory]
    [InlineData("version", "\"2.0.0\"")]
    [InlineData("runs[0].tool.driver.name", "5")]
    [InlineData("runs[0].results[0].level", "\"fatal\"")]
    [InlineData("runs[0].results[0].locations[0].physicalLocation.region.startLine", "0")]
    public async Task Schema_WrongSarif_IsRefused(string path, string value)
    {
        var findings = await LintRig.LintAsync(LintRig.Programs, Path.Combine(LintRig.Root, Broken + "port-low.json"));
        var json = JObject.Parse(LintReport.Write(LintFormat.Sarif, findings, 1, LintRig.Root, LintRig.Root));
        var schema = await SchemaAsync();
        Assert.Empty(schema.Validate(json.ToString()));
        json.SelectToken(path)!.Replace(JToken.Parse(value));
        Assert.NotEmpty(schema.Validate(json.ToString()));
    }

    private static Task<JsonSchema> SchemaAsync() => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "Linting", "sarif-2.1.0.json"));

    private Task<int> RunAsync(LintOptions options) => LintVerb.RunAsync(options, _terminal.Terminal, LintRig.Root, CancellationToken.None);
}
