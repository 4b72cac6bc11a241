using System.Security.Cryptography;

namespace EdgeModules.ModelTrainer.Data;

/// <summary>Reads a CSV file whole; what cannot be used stops it with file, line, column, value, and what it must be.</summary>
public static class DataReader
{
    /// <exception cref="TrainerException">The data cannot be used.</exception>
    public static DataSet Read(DataOptions options)
    {
        var bytes = Files.Read(options.File);
        using var csv = new CsvTable(options.File, bytes);
        var header = csv.Header;
        var features = FeaturesOf(header, options);
        var indexes = features.Select(feature => Array.IndexOf(header, feature)).ToArray();
        var device = Array.IndexOf(header, options.DeviceColumn);
        var time = Array.IndexOf(header, options.TimeColumn);
        using var labels = new RowLabels(header, options);
        var building = new Dictionary<string, SeriesBuilder>(StringComparer.Ordinal);
        for (var row = 1; csv.Read(); row++)
        {
            var id = device < 0 ? "device" : csv.Text(device);
            if (!building.TryGetValue(id, out var series)) building.Add(id, series = new SeriesBuilder(id));
            var timestamp = time < 0 ? series.Length * options.PeriodMs : csv.Time(time);
            series.Add(row, timestamp, indexes.Select(csv.Number), labels.IsAnomaly(csv, timestamp));
        }

        labels.RequireEnd();
        if (building.Count == 0) throw new TrainerException($"{options.File} has no rows below its header; it must have one or more.");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new DataSet(options.Id ?? Path.GetFileName(options.File), sha256, features, [.. building.Values.Select(series => series.Build())], labels.Exist);
    }

    private static List<string> FeaturesOf(string[] header, DataOptions options)
    {
        string[] others = [options.DeviceColumn, options.TimeColumn, .. options.LabelColumns, .. options.Ignored];
        var features = options.Features.Count > 0 ? [.. options.Features] : header.Where(column => !others.Contains(column)).ToList();
        var missing = features.Where(feature => !header.Contains(feature)).ToList();
        if (missing.Count == 0 && features.Count is >= 1 and <= 64) return features;
        var found = missing.Count > 0 ? $"it must have {string.Join(" and ", missing)}" : "it must have 1 to 64 features";
        throw new TrainerException($"{options.File} header is {string.Join(',', header)}; {found}.");
    }

    private sealed class SeriesBuilder(string id)
    {
        private readonly List<int> _rows = [];
        private readonly List<long> _times = [];
        private readonly List<float> _values = [];
        private readonly List<bool> _labels = [];

        public int Length => _rows.Count;

        public void Add(int row, long time, IEnumerable<float> values, bool isAnomaly)
        {
            _rows.Add(row);
            _times.Add(time);
            _values.AddRange(values);
            _labels.Add(isAnomaly);
        }

        public DeviceSeries Build() => new(id, [.. _rows], [.. _times], [.. _values], [.. _labels]);
    }
}
