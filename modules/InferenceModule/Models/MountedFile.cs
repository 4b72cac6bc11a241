namespace EdgeModules.Inference.Models;

/// <summary>Files within a folder that an operator mounts for models, and none outside it.</summary>
public static class MountedFile
{
    private const int MostLinks = 40;

    /// <remarks>Links within the folder are followed: volumes that are replaced as a whole are made of them. One that leads out of it is refused.</remarks>
    /// <exception cref="ModelFetchException">The path is not within the folder.</exception>
    /// <exception cref="IOException">The file is not there, or cannot be read, now.</exception>
    public static Stream Open(string? folder, string path)
    {
        if (folder is null) throw new ModelFetchException("No folder for models is mounted; ModelsDirectory must name it.");
        var root = Path.GetFullPath(folder);
        var full = Path.GetFullPath(Path.Combine(root, path));
        if (Path.IsPathRooted(path) || !IsWithin(root, full)) throw Outside(path);
        var target = Resolve(full);
        if (!IsWithin(Resolve(root), target)) throw Outside(path);
        if (!File.Exists(target)) throw new FileNotFoundException($"There is no file {path} in {root}, the folder of ModelsDirectory.");
        return new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    /// <summary>The path without links: each step is looked at, since a folder on the way may be one as well as the file.</summary>
    private static string Resolve(string full)
    {
        var root = Path.GetPathRoot(full)!;
        var steps = new Stack<string>(Steps(full, root));
        var (resolved, links) = (root, 0);
        while (steps.TryPop(out var step))
        {
            var next = Path.GetFullPath(Path.Combine(resolved, step));
            if (new FileInfo(next).LinkTarget is not { } link)
            {
                resolved = next;
                continue;
            }

            if (++links > MostLinks) throw new IOException($"{full} has more than {MostLinks} links on its way.");
            if (Path.IsPathRooted(link)) resolved = Path.GetPathRoot(link)!;
            foreach (var name in Steps(link, Path.GetPathRoot(link)!)) steps.Push(name);
        }

        return resolved;
    }

    /// <summary>The last one first.</summary>
    private static IEnumerable<string> Steps(string path, string root) =>
        path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();

    private static bool IsWithin(string root, string full) =>
        full.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static ModelFetchException Outside(string path) => new($"file is \"{path}\"; it must be a path within the folder of mounted models.");
}
