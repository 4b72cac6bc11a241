using EdgeSimulator.Agent;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Linting.Reports;
using EdgeSimulator.Manifests;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Linting;

/// <param name="Files">None: the default template, here or above.</param>
/// <param name="Layers">To be laid over the one file.</param>
/// <param name="Platform">Null for the usual one.</param>
/// <param name="Ignored">Ids of rules.</param>
/// <param name="IsStrict">Warnings fail too.</param>
/// <param name="Output">Null for standard output.</param>
internal sealed record LintOptions(
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Layers,
    string? EnvironmentFile,
    string? Platform,
    IReadOnlyList<string> Ignored,
    bool IsStrict,
    LintFormat Format,
    string? Output);

/// <summary>The verb <c>lint</c>.</summary>
internal static class LintVerb
{
    /// <param name="directory">Names of files start here.</param>
    /// <exception cref="SimulatorException">A file is absent, or an option does not fit.</exception>
    public static async Task<int> RunAsync(LintOptions options, Terminal terminal, string directory, CancellationToken cancellation)
    {
        foreach (var unknown in options.Ignored.Except(LintRules.All.Select(rule => rule.Id)))
            throw new SimulatorException($"--ignore is \"{unknown}\"; it must be the id of a rule, such as {LintRules.ImageTag.Id}.");
        if (options.Layers.Count > 0 && options.Files.Count > 1)
            throw new SimulatorException($"--layer is given with {options.Files.Count} files; it needs one, the base.");

        var knowledge = new ModulePrograms(BuildOutput.Of(AppContext.BaseDirectory));
        var findings = new List<Finding>();
        var root = directory;
        foreach (var file in options.Files.Count == 0 ? [null] : options.Files.Select(string? (file) => file))
        {
            var workspace = Find(file, options.EnvironmentFile, directory);
            root = workspace.Root;
            var linter = new Linter(root, LookupOf(workspace, options.Platform), knowledge);
            string[] all = [workspace.Manifest, .. options.Layers.Select(layer => Path.GetFullPath(layer, directory))];
            findings.AddRange(await linter.LintAsync([.. all.Select(path => Read(path, directory))], cancellation));
        }

        findings.RemoveAll(finding => options.Ignored.Contains(finding.Rule.Id));
        var files = Math.Max(1, options.Files.Count) + options.Layers.Count;
        var report = LintReport.Write(options.Format, findings, files, root, directory);
        if (options.Output is null) await terminal.Writer.WriteAsync(report);
        else Write(Path.GetFullPath(options.Output, directory), report, TextReport.Sum(findings, files), terminal);
        return findings.Exists(finding => finding.Severity >= (options.IsStrict ? Severity.Warning : Severity.Error)) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static Workspace Find(string? file, string? environmentFile, string directory)
    {
        if (file is not null && !File.Exists(Path.GetFullPath(file, directory))) throw new SimulatorException($"The file {file} is absent.");
        return Workspace.Find(file, environmentFile, directory);
    }

    private static Func<string, string?> LookupOf(Workspace workspace, string? platform)
    {
        var variables = workspace.Variables();
        return name => name == "DEFAULT_PLATFORM" && platform is not null ? platform : variables(name);
    }

    private static LintFile Read(string path, string directory)
    {
        try
        {
            return new LintFile(Path.GetRelativePath(directory, path).Replace('\\', '/'), File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static void Write(string path, string report, string sum, Terminal terminal)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, report);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The report {path} cannot be written: {error.Message}", error);
        }

        terminal.Plain($"Wrote {path}: {sum}");
    }
}
