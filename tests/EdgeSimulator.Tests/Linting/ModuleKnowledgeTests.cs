using EdgeSimulator.Agent;
using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Linting.Rules;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Linting;

public class ModuleKnowledgeTests
{
    private static readonly KnownModule Filter = KnownModule.Find("${MODULES.FilterModule}", Images)!;

    private static ModuleImages Images => new(LintRig.Root, LintRig.Lookup);

    [Fact]
    public async Task Describe_Module_TellsItsInputsAndOutputs()
    {
        var (described, problem) = await LintRig.Programs.DescribeAsync(Filter, CancellationToken.None);
        Assert.Null(problem);
        Assert.Equal(["readings"], described!.Inputs);
        Assert.Equal(["filtered", "invalid"], described.Outputs);
        Assert.Empty(described.UnpromptedOutputs);
    }

    [Fact]
    public async Task Check_Settings_TellsWhatTheModuleRefuses()
    {
        var (refused, _) = await LintRig.Programs.CheckAsync(Filter, JObject.Parse("""{"maxDevices":0}"""), CancellationToken.None);
        Assert.Equal([new RefusedSetting("maxDevices", "maxDevices is 0; it must be 1 to 1000000.")], refused!);
    }

    [Fact]
    public async Task Describe_ProgramThatIsNone_SaysWhy()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("Odd/bin/Debug/net10.0/Odd.dll", "no assembly");
        var programs = new ModulePrograms(new BuildOutput("Debug", "net10.0"));
        var (described, problem) = await programs.DescribeAsync(new KnownModule("Odd", Path.Combine(directory.FullPath, "Odd")), CancellationToken.None);
        Assert.Null(described);
        Assert.StartsWith("Odd.dll --describe ", problem);
    }

    [Theory]
    [InlineData("${MODULES.FilterModule}", "FilterModule")]
    [InlineData("${MODULES.FilterModule.arm64v8.debug}", "FilterModule")]
    [InlineData("${MODULEDIR<modules/AlertModule>}", "AlertModule")]
    [InlineData("localhost:5000/filtermodule:0.1.0-amd64", "FilterModule")]
    [InlineData("other.example.com/team/alertmodule@sha256:00", "AlertModule")]
    [InlineData("${MODULES.Absent}", null)]
    [InlineData("mcr.microsoft.com/azureiotedge-hub:1.6", null)]
    public void Find_Image_IsKnownByPlaceholderOrRepository(string image, string? name) => Assert.Equal(name, KnownModule.Find(image, Images)?.Name);

    [Theory]
    [InlineData("InferenceModule", true)]
    [InlineData("FilterModule", false)]
    public void UsesOnnxRuntime_ByItsProject(string module, bool uses) =>
        Assert.Equal(uses, KnownModule.Find($"${{MODULES.{module}}}", Images)!.UsesOnnxRuntime);

    [Theory]
    [InlineData("a", "a", null, false)]
    [InlineData("localhost:5000/a", "localhost:5000/a", null, false)]
    [InlineData("localhost:5000/a:1.0-amd64", "localhost:5000/a", "1.0-amd64", false)]
    [InlineData("r/a:1@sha256:00", "r/a", "1", true)]
    public void Parse_ImageName_IsTakenApart(string image, string repository, string? tag, bool hasDigest) =>
        Assert.Equal(new ImageName(repository, tag, hasDigest), ImageName.Parse(image));

    /// <summary>Names and texts by their bytes, numbers 8, booleans 4, control characters nothing.</summary>
    [Theory]
    [InlineData("{}", 0)]
    [InlineData("""{"ab":"é"}""", 4)]
    [InlineData("""{"a":1,"b":1.5,"c":true}""", 23)]
    [InlineData("""{"a":{"b":[1,"x\n"]}}""", 11)]
    [InlineData("""{"a":null}""", 1)]
    public void Size_OfATwin_IsAsIotHubCountsIt(string twin, int bytes) => Assert.Equal(bytes, TwinSize.Of(JToken.Parse(twin)));
}
