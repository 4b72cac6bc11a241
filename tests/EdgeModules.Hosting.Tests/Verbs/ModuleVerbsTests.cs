using EdgeModules.Hosting.Tests.Settings;
using EdgeModules.Hosting.Verbs;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Verbs;

public class ModuleVerbsTests
{
    private sealed class SampleModule : EdgeModule<SampleSettings>
    {
        // As of a module that cannot be constructed here.
        public SampleModule(string needed) => ArgumentNullException.ThrowIfNull(needed);

        public override string ReadingsInput => "readings";

        public override IReadOnlyCollection<string> ItemInputs => ["scores"];

        public override IReadOnlyCollection<string> MessageInputs => ["any"];

        public override IReadOnlyCollection<string> Outputs => ["results", "news"];

        public override IReadOnlyCollection<string> UnpromptedOutputs => ["news"];
    }

    [Fact]
    public async Task Run_WithoutArguments_LeavesItToTheModule() => Assert.Equal((null, "", ""), await RunAsync([]));

    [Theory]
    [InlineData("--check")]
    [InlineData("--check-settings", "twin.json")]
    public async Task Run_OtherArguments_NamesTheVerbs(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith($"The arguments are \"{string.Join(' ', arguments)}\"; there must be none, or one of --health, --check-settings, --describe", errors);
    }

    [Fact]
    public async Task Run_Describe_PrintsWhatCanBeConnected() =>
        Assert.Equal(
            (0, """{"inputs":["readings","scores","any"],"outputs":["results","news"],"unpromptedOutputs":["news"]}""", ""), await RunAsync(["--describe"]));

    [Theory]
    [InlineData("""{"count":7,"$version":7,"x-note":{"any":1}}""")]
    [InlineData("{}")]
    public async Task Run_CheckGoodSettings_FindsNothing(string desired) =>
        Assert.Equal((0, """{"errors":[]}""", ""), await RunAsync(["--check-settings"], desired));

    [Fact]
    public async Task Run_CheckBadSettings_FindsAllMistakesWithTheirPaths()
    {
        var (exitCode, output, _) = await RunAsync(["--check-settings"], """{"count":"x","nested":{"width":null,"far":1},"localSettings":1}""");
        Assert.Equal(1, exitCode);
        var errors = JObject.Parse(output)["errors"]!.Select(error => ((string)error["path"]!, (string)error["message"]!)).ToList();
        Assert.Equal(["count", "nested.far", "localSettings"], errors.Select(error => error.Item1));
        Assert.Equal("count is \"x\"; it must be a whole number.", errors[0].Item2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    public async Task Run_CheckNoObject_SaysSo(string desired)
    {
        var (exitCode, output, _) = await RunAsync(["--check-settings"], desired);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("""{"errors":[{"path":"","message":"The desired properties are no """, output);
    }

    private static async Task<(int? ExitCode, string Output, string Errors)> RunAsync(string[] arguments, string input = "")
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await ModuleVerbs.RunAsync<SampleModule, SampleSettings>(arguments, new StringReader(input), output, errors);
        return (exitCode, output.ToString().Trim(), errors.ToString().Trim());
    }
}
