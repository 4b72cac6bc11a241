using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests;

/// <summary>The files of the repository that this assembly was built from.</summary>
internal static partial class RepositoryFiles
{
    // What builds, runs and tools leave behind, and what is not part of the source.
    private static readonly string[] NotSource =
        [".git", "bin", "obj", ".edgesimulator", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", "config", "node_modules"];

    public static string Root { get; } = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Names of the folders of <c>modules/</c>, each of which is a module.</summary>
    public static IEnumerable<string> Modules =>
        Directory.GetDirectories(Path.Combine(Root, "modules"))
            .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
            .Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal);

    /// <returns>Paths from the root, with <c>/</c>; never none, since a theory without cases would test nothing.</returns>
    public static IReadOnlyList<string> Find(string pattern)
    {
        var files = In(Root, pattern).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new InvalidOperationException($"There is no {pattern} in {Root}.");
    }

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The text below a heading of a Markdown file, up to the next heading of the same or a higher level.</summary>
    public static string Section(string file, string heading)
    {
        var lines = Read(file).Split('\n');
        var start = Array.FindIndex(lines, line => line.TrimEnd() == heading);
        if (start < 0) throw new InvalidOperationException($"{file} has no heading \"{heading}\".");
        var level = heading.TakeWhile(c => c == '#').Count();
        var next = Array.FindIndex(lines, start + 1, line => line.StartsWith('#') && line.TakeWhile(c => c == '#').Count() <= level);
        return string.Join('\n', lines[(start + 1)..(next < 0 ? lines.Length : next)]);
    }

    /// <summary>The cells of the first table of a text that has these columns; without its head.</summary>
    public static IReadOnlyList<string[]> Table(string text, params string[] columns)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).ToList();
        var head = lines.FindIndex(line => Cells(line).SequenceEqual(columns));
        if (head < 0) throw new InvalidOperationException($"There is no table with the columns {string.Join(", ", columns)}.");
        return [.. lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells)];
    }

    public static string WithoutTicks(string cell) => cell.Trim('`');

    /// <summary>A cell may hold a bar behind a backslash.</summary>
    private static string[] Cells(string line) =>
        line.StartsWith('|') && line.EndsWith('|') ? [.. Bar().Split(line.Trim('|')).Select(cell => cell.Trim())] : [];

    /// <summary>Never looks into folders that are not source: other tests make and delete files there at the same time.</summary>
    private static IEnumerable<string> In(string folder, string pattern) =>
        Directory.GetFiles(folder, pattern)
            .Concat(Directory.GetDirectories(folder).Where(below => !NotSource.Contains(Path.GetFileName(below))).SelectMany(below => In(below, pattern)));

    private static string FindRoot(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (folder.GetFiles("IoTEdgeSolution.sln").Length > 0) return folder.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below the solution.");
    }

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
