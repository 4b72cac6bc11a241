using EdgeSimulator.Linting;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Linting;

/// <summary>The deployments of this repository have nothing for <c>lint</c> to say but notes.</summary>
public class ShippedDeploymentTests
{
    private static readonly string Deployments = Path.Combine(LintRig.Root, "deployments");

    public static TheoryData<string> Files => new(
        Directory.GetFiles(LintRig.Root, "deployment*.template.json")
            .Concat(Directory.GetFiles(Deployments, "*.json", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(LintRig.Root, file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Lint_DeploymentAlone_IsClean(string file) => AssertClean(await LintAsync(file));

    [Fact]
    public async Task Lint_AllLayersOverTheirBase_AreClean()
    {
        var layers = Directory.GetFiles(Deployments, "*.json").Where(file => !file.EndsWith("base.template.json", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(LintRig.Root, file)).ToArray();
        Assert.NotEmpty(layers);
        AssertClean(await LintAsync(Path.Combine("deployments", "base.template.json"), layers));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Lint_DeploymentExpanded_IsClean(string file)
    {
        var workspace = WorkspaceOf(file);
        var variables = workspace.Variables();
        var json = ManifestReader.ReadJson(workspace.Manifest, variables);
        var images = new ModuleImages(workspace.Root, variables);
        var expanded = DeploymentLayer.IsLayer(json) ? DeploymentExpander.ExpandLayer(json, file, images) : DeploymentExpander.Expand(json, file, images);
        var linter = new Linter(workspace.Root, variables, LintRig.Programs);
        AssertClean(await linter.LintAsync([new LintFile("deployment.amd64.json", expanded.ToString())], CancellationToken.None));
    }

    private static void AssertClean(IEnumerable<Finding> findings) =>
        Assert.Empty(
            findings.Where(finding => finding.Severity > Severity.Note)
                .Select(finding => $"{finding.File} {finding.Place} {finding.Rule.Id}: {finding.Message}"));

    private static async Task<IReadOnlyList<Finding>> LintAsync(string file, params string[] layers)
    {
        var workspace = WorkspaceOf(file);
        var files = layers.Prepend(file).Select(name => new LintFile(name, File.ReadAllText(Path.Combine(LintRig.Root, name)))).ToList();
        return await new Linter(workspace.Root, workspace.Variables(), LintRig.Programs).LintAsync(files, CancellationToken.None);
    }

    /// <summary>A deployment may have an environment file of its own, by its name.</summary>
    private static Workspace WorkspaceOf(string file)
    {
        var own = Path.Combine(LintRig.Root, file.Replace(".template.json", ".env", StringComparison.Ordinal));
        return Workspace.Find(Path.Combine(LintRig.Root, file), File.Exists(own) ? own : null, LintRig.Root);
    }
}
