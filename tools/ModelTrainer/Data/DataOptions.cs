namespace EdgeModules.ModelTrainer.Data;

/// <summary>Which file, and what its columns mean.</summary>
public sealed record DataOptions
{
    public required string File { get; init; }

    /// <summary>Null: the file's name.</summary>
    public string? Id { get; init; }

    /// <summary>Empty: all columns that have no other meaning.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>May be absent: then all rows are of one device.</summary>
    public string DeviceColumn { get; init; } = "deviceId";

    /// <summary>May be absent: then readings are <see cref="PeriodMs"/> apart.</summary>
    public string TimeColumn { get; init; } = "timestamp";

    /// <summary>May be absent; a row is an anomaly when any of these is neither empty, 0 nor false.</summary>
    public IReadOnlyList<string> LabelColumns { get; init; } = ["label"];

    /// <summary>Columns that are no features.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = ["zone"];

    /// <summary>A CSV file with the label columns, row by row as the data.</summary>
    public string? LabelFile { get; init; }

    /// <summary>A JSON file with the times of the anomalies by data file, as the Numenta Anomaly Benchmark has it.</summary>
    public string? LabelWindows { get; init; }

    public long PeriodMs { get; init; } = 1_000;
}
