using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public ConfigFileTests()
    {
        _root.Write("x.sln", "");
        foreach (var module in new[] { "FilterModule", "SensorModule" })
        {
            _root.Write($"modules/{module}/module.json", $$"""
                { "image": { "repository": "${REGISTRY}/{{module.ToLowerInvariant()}}", "tag": { "version": "1.2", "platforms": { "amd64": "a", "arm64v8": "c" } } } }
                """);
        }

        _root.Write(".env", "REGISTRY=reg\n");
        Template("deployment.template.json");
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("deployment.template.json", "amd64", "deployment.amd64.json")]
    [InlineData("deployment.debug.template.json", "amd64", "deployment.debug.amd64.json")]
    [InlineData("/x/y.Template.json", "arm64v8", "y.arm64v8.json")]
    [InlineData("site.json", "arm32v7", "site.arm32v7.json")]
    public void NameOf_Template_IsThatOfTheFieldsTools(string template, string platform, string name) => Assert.Equal(name, ConfigFile.NameOf(template, platform));

    [Theory]
    [InlineData(null, "", "config/deployment.amd64.json", "amd64")]
    [InlineData(null, "DEFAULT_PLATFORM=arm64v8\n", "config/deployment.arm64v8.json", "arm64v8")]
    [InlineData("arm64v8", "DEFAULT_PLATFORM=amd64\nCONFIG_OUTPUT_DIR=out/put\n", "out/put/deployment.arm64v8.json", "arm64v8")]
    public void Write_Platform_IsInTheNameAndTheImages(string? platform, string variables, string file, string used)
    {
        _root.Write(".env", "REGISTRY=reg\n" + variables);
        var config = Create(platform: platform);
        config.Write();
        Assert.Equal((Path.Combine(_root.FullPath, file), used), (config.Path, config.Platform));
        var modules = JObject.Parse(File.ReadAllText(config.Path)).SelectToken("modulesContent.$edgeAgent['properties.desired'].modules")!;
        Assert.Equal($"reg/filtermodule:1.2-{used}", modules["FilterModule"]!["settings"]!.Value<string>("image"));
        Assert.Equal($"reg/sensormodule:1.2-{used}", config.Images["SensorModule"]);
        Assert.Equal(2, config.Routes);
    }

    [Fact]
    public void Write_Output_IsAFileOrAFolderThatExists()
    {
        Assert.Equal(Path.Combine(_root.FullPath, "a", "b.json"), Create(output: "a/b.json").Path);
        Directory.CreateDirectory(Path.Combine(_root.FullPath, "there"));
        Assert.Equal(Path.Combine(_root.FullPath, "there", "deployment.amd64.json"), Create(output: "there").Path);
        Create(output: "a/b.json").Write();
        Create(output: "a/b.json").Write();
        Assert.Equal(["b.json"], Directory.GetFiles(Path.Combine(_root.FullPath, "a")).Select(Path.GetFileName));
    }

    [Fact]
    public void Create_NamesThatAreNotDefined_AreRefusedWithTheirPlaces()
    {
        Template(
            "deployment.template.json",
            ("modulesContent.$edgeAgent['properties.desired'].runtime.settings", """{"registryCredentials":{"r":{"password":"${NO_SUCH_PASSWORD}"}}}"""),
            ("modulesContent.FilterModule['properties.desired']", """{"x":"${NO_SUCH_VALUE}"}"""));
        var error = Assert.ThrowsAny<SimulatorException>(() => Create());
        Assert.Equal(
            "deployment.template.json: not defined in the environment file or the environment: "
            + "NO_SUCH_PASSWORD (modulesContent.$edgeAgent['properties.desired'].runtime.settings.registryCredentials.r.password), "
            + "NO_SUCH_VALUE (modulesContent.FilterModule['properties.desired'].x).",
            error.Message);
        Assert.False(Directory.Exists(Path.Combine(_root.FullPath, "config")));
    }

    [Fact]
    public void Create_PlatformThatAModuleDoesNotHave_IsRefused() =>
        Assert.Contains("image.tag.platforms.arm32v7 is absent", Assert.ThrowsAny<SimulatorException>(() => Create(platform: "arm32v7")).Message);

    [Fact]
    public void Write_ThatCannotBeDone_IsRefusedByName()
    {
        _root.Write("file", "");
        Assert.Contains("file/deployment.json cannot be written", Assert.ThrowsAny<SimulatorException>(() => Create(output: "file/deployment.json").Write()).Message);
    }

    private ConfigFile Create(string? platform = null, string? output = null) =>
        ConfigFile.Create(Workspace.Find("deployment.template.json", null, _root.FullPath), [], platform, output, _root.FullPath);

    private void Template(string name, params (string Path, string Value)[] changes)
    {
        var json = TestManifest.Create();
        foreach (var (path, value) in changes) json.SelectToken(path)!.Replace(JToken.Parse(value));
        _root.Write(name, json.ToString());
    }
}
