using EdgeSimulator.Agent;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Manifests;

public sealed class ModuleImagesTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly Dictionary<string, string> _variables = new() { ["REGISTRY"] = "reg" };

    public ModuleImagesTests() => _root.Write("modules/XModule/module.json", """
        {"image":{"repository":"${REGISTRY}/x","tag":{"version":"1.2","platforms":{"amd64":"a","amd64.debug":"b","arm64v8":"c"}}}}
        """);

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("${MODULES.XModule}", "reg/x:1.2-amd64")]
    [InlineData("${MODULES.XModule.debug}", "reg/x:1.2-amd64.debug")]
    [InlineData("${MODULES.XModule.arm64v8}", "reg/x:1.2-arm64v8")]
    [InlineData("${MODULES.XModule.amd64.debug}", "reg/x:1.2-amd64.debug")]
    [InlineData("${MODULEDIR<modules/XModule>}", "reg/x:1.2-amd64")]
    [InlineData("${MODULEDIR<./modules/XModule>.debug}", "reg/x:1.2-amd64.debug")]
    public void Resolve_Placeholder_GivesFolderAndTag(string image, string tag)
    {
        var found = Images().Resolve(Module(image));
        Assert.Equal((Path.Combine(_root.FullPath, "modules", "XModule"), "XModule", tag), (found.Folder, found.Name, found.Tag));
    }

    [Fact]
    public void Resolve_DefaultPlatformOfTheEnvironment_IsUsed()
    {
        _variables["DEFAULT_PLATFORM"] = "arm64v8";
        Assert.Equal("reg/x:1.2-arm64v8", Images().Resolve(Module("${MODULES.XModule}")).Tag);
    }

    [Theory]
    [InlineData("mcr.microsoft.com/x:1", "cannot run without a container engine")]
    [InlineData("${MODULES.Gone}", "module.json is absent")]
    [InlineData("${MODULES.XModule.arm32v7}", "image.tag.platforms.arm32v7 is absent")]
    public void Resolve_Other_IsRefused(string image, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<SimulatorException>(() => Images().Resolve(Module(image))).Message);

    [Fact]
    public void AssemblyOf_ModuleThatIsNotBuilt_SaysHowToBuildIt()
    {
        var module = Module("${MODULES.XModule}");
        var build = BuildOutput.Of("/repo/simulator/EdgeSimulator/bin/Release/net10.0/");
        Assert.Equal(new BuildOutput("Release", "net10.0"), build);
        var error = Assert.ThrowsAny<SimulatorException>(() => build.AssemblyOf(module, Images().Resolve(module)));
        Assert.Contains("Module XModule is not built", error.Message);
        Assert.Contains("-c Release", error.Message);

        var file = _root.Write("modules/XModule/bin/Release/net10.0/XModule.dll", "");
        Assert.Equal(file, build.AssemblyOf(module, Images().Resolve(module)));
    }

    private static ModuleDeployment Module(string image) =>
        new("XModule", image, ModuleStatus.Running, RestartPolicy.Always, 0, new Dictionary<string, string>());

    private ModuleImages Images() => new(_root.FullPath, _variables.GetValueOrDefault);
}
