namespace EdgeSimulator.Manifests;

/// <summary>The files that a run starts from.</summary>
/// <param name="Root">Folder of the solution; the working directory of the modules.</param>
/// <param name="EnvironmentFile">Null when there is none.</param>
/// <param name="IsEnvironmentFileNamed">The user asked for that file, rather than that it was found.</param>
public sealed record Workspace(string Root, string Manifest, string? EnvironmentFile, bool IsEnvironmentFileNamed = false)
{
    private const string DefaultManifest = "deployment.template.json";

    /// <param name="manifest">As the user gave it, or null to look for the default one from <paramref name="directory"/> upward.</param>
    /// <param name="environmentFile">As the user gave it, or null for <c>.env</c> beside the manifest, else at the root, if it is there.</param>
    /// <exception cref="SimulatorException">A file is absent; the message names it.</exception>
    public static Workspace Find(string? manifest, string? environmentFile, string directory)
    {
        var found = manifest is null
            ? Upward(directory).Select(folder => Path.Combine(folder, DefaultManifest)).FirstOrDefault(File.Exists)
                ?? throw new SimulatorException($"There is no {DefaultManifest} in {directory} or above it; name a manifest with --manifest.")
            : Existing(Path.GetFullPath(manifest, directory), "manifest", "--manifest");
        var folder = Path.GetDirectoryName(found)!;
        var root = FindRoot(folder) ?? FindRoot(directory) ?? folder;
        var environment = environmentFile is null
            ? new[] { folder, root }.Select(place => Path.Combine(place, ".env")).FirstOrDefault(File.Exists)
            : Existing(Path.GetFullPath(environmentFile, directory), "environment file", "--env");
        return new Workspace(root, found, environment, environmentFile is not null);
    }

    /// <summary>The nearest folder with a solution file, from <paramref name="directory"/> upward; null when there is none.</summary>
    public static string? FindRoot(string directory) =>
        Upward(directory).FirstOrDefault(folder => Directory.EnumerateFiles(folder, "*.sln").Concat(Directory.EnumerateFiles(folder, "*.slnx")).Any());

    /// <summary>
    /// The environment of this process first, then the environment file, as in the field's tools: a pipeline sets what the file has defaults for. A file that the
    /// user named goes before the environment.
    /// </summary>
    public Func<string, string?> Variables()
    {
        var values = EnvironmentFile is null ? new Dictionary<string, string>() : EnvFile.Read(EnvironmentFile);
        return IsEnvironmentFileNamed
            ? name => values.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name)
            : name => Environment.GetEnvironmentVariable(name) ?? values.GetValueOrDefault(name);
    }

    private static IEnumerable<string> Upward(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }

    private static string Existing(string file, string what, string option) =>
        File.Exists(file) ? file : throw new SimulatorException($"The {what} {file} ({option}) is absent.");
}
