using System.Globalization;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Scoring;

/// <summary>Which rows of the data that a run plays are labelled as anomalies: <c>data.labels.csv</c> beside <c>data.csv</c>.</summary>
/// <param name="Name">For the user: below the workspace, where it is there.</param>
/// <param name="Rows">By row of the data, from 0; true where an anomaly is.</param>
public sealed record LabelFile(string Name, IReadOnlyList<bool> Rows)
{
    private const string Extension = ".labels.csv";

    /// <param name="source">Desired properties of the source; null when none is deployed.</param>
    /// <param name="root">Relative names of data start here.</param>
    /// <returns>Null when the run plays no file that has labels, plays it in a loop, or puts faults into it that have none.</returns>
    /// <exception cref="SimulatorException">There are labels, and they cannot be read.</exception>
    public static LabelFile? Find(JObject? source, string root)
    {
        if (source is null || source.Value<string?>("mode") is not (null or "replay")) return null;
        var replay = source["replay"] as JObject;
        if (replay?.Value<bool?>("loop") == true || replay?["faults"] is JObject { Count: > 0 }) return null;
        if (replay?.Value<string?>("file") is not { } data) return null;
        var file = Path.ChangeExtension(Path.GetFullPath(data, root), Extension);
        return File.Exists(file) ? new LabelFile(Path.GetRelativePath(root, file), Read(file)) : null;
    }

    private static List<bool> Read(string file)
    {
        var rows = new List<bool>();
        try
        {
            using var lines = File.ReadLines(file).GetEnumerator();
            var columns = lines.MoveNext() ? lines.Current.Split(',') : [];
            var (row, label) = (Array.IndexOf(columns, "row"), Array.IndexOf(columns, "label"));
            if (row < 0 || label < 0) throw Wrong(file, 1, "it must name the columns row and label");
            while (lines.MoveNext())
            {
                var cells = lines.Current.Split(',');
                var expected = rows.Count + 1;
                if (cells.Length != columns.Length || cells[row] != expected.ToString(CultureInfo.InvariantCulture) || cells[label] is not ("0" or "1"))
                    throw Wrong(file, expected + 1, $"it must be of row {expected}, with a label of 0 or 1");
                rows.Add(cells[label] == "1");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The labels {file} cannot be read: {error.Message}", error);
        }

        return rows;
    }

    private static SimulatorException Wrong(string file, int line, string must) => new($"The labels {file} are wrong in line {line}: {must}.");
}
