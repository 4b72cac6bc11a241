using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Manifests;

public sealed class WorkspaceTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Find_FromAFolderBelow_GoesUpward()
    {
        var manifest = _root.Write("deployment.template.json", "{}");
        var environment = _root.Write(".env", "A=file");
        _root.Write("All.sln", "");
        var below = Directory.CreateDirectory(Path.Combine(_root.FullPath, "a", "b")).FullName;

        var workspace = Workspace.Find(null, null, below);

        Assert.Equal(new Workspace(_root.FullPath, manifest, environment), workspace);
        Assert.Equal("file", workspace.Variables()("A"));
        Assert.Null(workspace.Variables()("EDGESIMULATOR_TESTS_NEVER_SET"));
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), workspace.Variables()("PATH"));
    }

    [Fact]
    public void Find_NamedManifest_FindsTheSolutionAboveIt()
    {
        _root.Write("repo/All.sln", "");
        var manifest = _root.Write("repo/deep/my.json", "{}");
        var workspace = Workspace.Find(Path.Combine("repo", "deep", "my.json"), null, _root.FullPath);
        Assert.Equal(new Workspace(Path.Combine(_root.FullPath, "repo"), manifest, null), workspace);
    }

    [Fact]
    public void Find_TemplateInAFolder_TakesTheEnvironmentFileAtTheRoot()
    {
        _root.Write("All.sln", "");
        var environment = _root.Write(".env", "A=root");
        _root.Write("deployments/base.json", "{}");
        Assert.Equal(environment, Workspace.Find("deployments/base.json", null, _root.FullPath).EnvironmentFile);
        var beside = _root.Write("deployments/.env", "A=beside");
        Assert.Equal(beside, Workspace.Find("deployments/base.json", null, _root.FullPath).EnvironmentFile);
    }

    /// <summary>A pipeline sets what the file has defaults for, as with the field's tools; who names a file means what is in it.</summary>
    [Fact]
    public void Variables_OfTheEnvironment_GoBeforeTheFileThatWasFound()
    {
        _root.Write("deployment.template.json", "{}");
        _root.Write(".env", "PATH=file");
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), Workspace.Find(null, null, _root.FullPath).Variables()("PATH"));
        Assert.Equal("file", Workspace.Find(null, ".env", _root.FullPath).Variables()("PATH"));
    }

    [Fact]
    public void Find_AbsentFile_IsNamed()
    {
        Assert.StartsWith("There is no deployment.template.json in ", Assert.ThrowsAny<SimulatorException>(() => Workspace.Find(null, null, _root.FullPath)).Message);
        Assert.Contains("x.json (--manifest) is absent", Assert.ThrowsAny<SimulatorException>(() => Workspace.Find("x.json", null, _root.FullPath)).Message);
        _root.Write("deployment.template.json", "{}");
        Assert.Contains("x.env (--env) is absent", Assert.ThrowsAny<SimulatorException>(() => Workspace.Find(null, "x.env", _root.FullPath)).Message);
    }
}
