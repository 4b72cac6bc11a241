namespace EdgeModules.Inference.Models;

/// <summary>Files within a folder that an operator mounts for models, and none outside it.</summary>
public static class MountedFile
{
    /// <exception cref="ModelFetchException">The path is not within the folder.</exception>
    /// <exception cref="IOException">The file is not there, or cannot be read, now.</exception>
    public static Stream Open(string? folder, string path)
    {
        if (folder is null) throw new ModelFetchException("No folder for models is mounted; ModelDirectory must name it.");
        var root = Path.GetFullPath(folder);
        var full = Path.GetFullPath(Path.Combine(root, path));
        if (Path.IsPathRooted(path) || !IsWithin(root, full)) throw Outside(path);
        // Each step is looked at: a link on the way leads out as well as one at the end.
        var step = root;
        foreach (var name in Path.GetRelativePath(root, full).Split(Path.DirectorySeparatorChar))
        {
            step = Path.Combine(step, name);
            if (new FileInfo(step).LinkTarget is not null) throw new ModelFetchException($"file is \"{path}\", where {name} is a link; it must be a path without links.");
        }

        var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read);
        return file;
    }

    private static bool IsWithin(string root, string full) =>
        full.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static ModelFetchException Outside(string path) => new($"file is \"{path}\"; it must be a path within the folder of mounted models.");
}
