using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests.Deploying;

/// <summary><c>tools/deploy-layers.sh</c> and <c>tools/smoke-test.sh</c>, with an <c>az</c> that writes down how it is called and answers from files.</summary>
public sealed class DeployScriptTests : IDisposable
{
    private const string Az = """
        #!/usr/bin/env bash
        printf '%s\n' "$*" >> "$AZ_FOLDER/calls"
        while [ $# -gt 0 ]; do
          case $1 in
            --content) cp "$2" "$AZ_FOLDER/content-$(wc -l < "$AZ_FOLDER/calls").json" ;;
            --metric-id) cat "$AZ_FOLDER/$2.json" ;;
            --query-command) cat "$AZ_FOLDER/query.json" ;;
            list) cat "$AZ_FOLDER/list.json" ;;
          esac
          shift
        done
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deploy-");
    private readonly Dictionary<string, string> _variables = [];

    public DeployScriptTests()
    {
        Bash.Require("bash", "jq");
        Write("bin/az", Az);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf("bin/az"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _variables["PATH"] = $"{PathOf("bin")}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        _variables["AZ_FOLDER"] = _folder.FullName;
        _variables["PULL_PASSWORD"] = "";
        Write("calls", "");
        Write("manifests/uplink.json", Manifest("edge-uplink", 50, "tags.uplink=true", """{ "$edgeHub": { "properties.desired.routes.r": "x" } }"""));
        const string Whole = """{ "$edgeAgent": { "properties.desired": { "runtime": { "settings": {} } } } }""";
        Write("manifests/base.json", Manifest("edge-base", 10, "tags.base=true", Whole));
        Write("manifests/one.json", """{ "modulesContent": {} }""");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Deploy_Layers_GoOverTheirBottomInOrder()
    {
        var (exitCode, output) = await DeployAsync("--suffix", "7", "--manifests", PathOf("manifests"));
        Assert.Equal((0, ""), (exitCode, exitCode == 0 ? "" : output));
        Assert.Equal(
            [
                $"iot edge deployment create --hub-name h --deployment-id edge-base-7 --content {PathOf("manifests/base.json")} "
                    + "--target-condition tags.base=true --priority 10 --custom-labels suite=edge-base suffix=7 --output none",
                $"iot edge deployment create --hub-name h --deployment-id edge-uplink-7 --content {PathOf("manifests/uplink.json")} "
                    + "--target-condition tags.uplink=true --priority 50 --custom-labels suite=edge-uplink suffix=7 --layered --output none",
            ],
            Calls());
    }

    [SkippableFact]
    public async Task Deploy_Canaries_NarrowsEachCondition()
    {
        await DeployAsync("--suffix", "7-canary", "--manifests", PathOf("manifests"), "--only", "tags.ring='canary'");
        Assert.Equal(2, Calls().Count(call => call.Contains(") and (tags.ring='canary') --priority", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task Deploy_WithAPassword_IsInTheBottomOnlyAndInNoOutput()
    {
        (_variables["PULL_SERVER"], _variables["PULL_USERNAME"], _variables["PULL_PASSWORD"]) = ("r.example", "puller", "not-to-be-seen");
        var (exitCode, output) = await DeployAsync("--suffix", "7", "--manifests", PathOf("manifests"));
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("not-to-be-seen", output + string.Join('\n', Calls()));
        var bottom = (JObject)JsonText.Parse(File.ReadAllText(PathOf("content-1.json")));
        Assert.Equal(
            """{"address":"r.example","username":"puller","password":"not-to-be-seen"}""",
            bottom.SelectToken("content.modulesContent.$edgeAgent['properties.desired'].runtime.settings.registryCredentials.site")!.ToString(Formatting.None));
        Assert.DoesNotContain("not-to-be-seen", File.ReadAllText(PathOf("content-2.json")));
    }

    /// <summary>A variable that a pipeline does not have arrives as it was written.</summary>
    [SkippableFact]
    public async Task Deploy_WithAnUndefinedPassword_PullsWithout()
    {
        _variables["PULL_PASSWORD"] = "$(PULL_PASSWORD)";
        await DeployAsync("--suffix", "7", "--manifests", PathOf("manifests"));
        Assert.DoesNotContain("registryCredentials", File.ReadAllText(PathOf("content-1.json")));
    }

    [SkippableFact]
    public async Task Remove_Suffix_TakesItsDeploymentsAwayFromTheTop()
    {
        Write("list.json", List(("edge-base-7", "edge-base", "7", 1), ("edge-uplink-7", "edge-uplink", "7", 2), ("edge-base-6", "edge-base", "6", 0)));
        await DeployAsync("--suffix", "7", "--remove");
        Assert.Equal(
            ["iot edge deployment delete --hub-name h --deployment-id edge-uplink-7", "iot edge deployment delete --hub-name h --deployment-id edge-base-7"],
            Calls().Skip(1));
    }

    [SkippableFact]
    public async Task Keep_Versions_TakesOlderOnesAway()
    {
        Write("list.json", List(
            ("edge-base-5", "edge-base", "5", 0), ("edge-base-7", "edge-base", "7", 2), ("edge-base-6", "edge-base", "6", 1),
            ("edge-uplink-7", "edge-uplink", "7", 2)));
        await DeployAsync("--keep", "2");
        Assert.Equal(["iot edge deployment delete --hub-name h --deployment-id edge-base-5"], Calls().Skip(1));
    }

    [SkippableTheory]
    [InlineData("--hub is missing", "--suffix", "7")]
    [InlineData("--suffix is \"A b\"; it must be lower-case letters, digits and -.", "--hub", "h", "--suffix", "A b")]
    [InlineData("--suffix is \"\"", "--hub", "h", "--remove")]
    [InlineData("--keep is \"0\"; it must be a number of versions, at least 1.", "--hub", "h", "--keep", "0")]
    [InlineData("--manifests is \"gone\"; it must be a folder with expanded manifests.", "--hub", "h", "--suffix", "7", "--manifests", "gone")]
    [InlineData("Usage:", "--help")]
    public async Task Deploy_WithAMistake_CallsNothing(string message, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync("deploy-layers.sh", arguments);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, output);
        Assert.Empty(Calls());
    }

    [SkippableTheory]
    [InlineData("""["a","b"]""", """["b","a"]""", "[]", "[]", 0, "2 of 2 gateways run edge-base-7; 0 failed, 0 modules refuse their settings.")]
    [InlineData("""["a","b"]""", """["a"]""", """["b"]""", "[]", 1, """Not well within 0 minutes: ["b"].""")]
    [InlineData("[]", "[]", "[]", "[]", 1, "The deployment targets no gateway")]
    [InlineData("""["a"]""", """["a"]""", "[]", """[{"deviceId":"a","moduleId":"AlertModule","errors":["x is 1"]}]""", 1, """a/AlertModule: ["x is 1"]""")]
    [InlineData("""["a"]""", """["a"]""", "[]", """[{"deviceId":"other","moduleId":"AlertModule","errors":[]}]""", 0, "1 of 1 gateways")]
    public async Task SmokeTest_Answers_GiveTheVerdict(string targeted, string successful, string failed, string rejected, int expected, string said)
    {
        Write("targetedCount.json", targeted);
        Write("reportedSuccessfulCount.json", successful);
        Write("reportedFailedCount.json", failed);
        Write("query.json", rejected);
        var (exitCode, output) = await RunAsync("smoke-test.sh", ["--hub", "h", "--deployment", "edge-base-7", "--minutes", "0", "--every", "0"]);
        Assert.Contains(said, output);
        Assert.Equal(expected, exitCode);
    }

    private static string Manifest(string id, int priority, string condition, string content) =>
        $$"""{ "id": "{{id}}", "priority": {{priority}}, "targetCondition": "{{condition}}", "content": { "modulesContent": {{content}} } }""";

    private static string List(params (string Id, string Suite, string Suffix, int Minute)[] deployments) =>
        new JArray(deployments.Select(deployment => new JObject
        {
            ["id"] = deployment.Id,
            ["created"] = $"2026-01-31T12:0{deployment.Minute}:00Z",
            ["labels"] = new JObject { ["suite"] = deployment.Suite, ["suffix"] = deployment.Suffix },
        })).ToString();

    private Task<(int ExitCode, string Output)> DeployAsync(params string[] arguments) => RunAsync("deploy-layers.sh", ["--hub", "h", .. arguments]);

    private Task<(int ExitCode, string Output)> RunAsync(string script, IEnumerable<string> arguments) =>
        Bash.RunAsync([Path.Combine(RepositoryFiles.Root, "tools", script), .. arguments], variables: _variables);

    private string[] Calls() => File.ReadAllLines(PathOf("calls"));

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text.ReplaceLineEndings("\n"));
    }
}
