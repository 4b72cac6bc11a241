using System.CommandLine;
using EdgeModules.ModelTrainer.Data;
using static EdgeModules.ModelTrainer.CommandLine.OptionParsing;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary>What <c>train</c> and <c>evaluate</c> are told of their data.</summary>
internal sealed class DataArguments
{
    private readonly Option<string> _data = Required("--data", "FILE.csv", "The readings; the first line names the columns");
    private readonly Option<string?> _id = Text("--data-id", "NAME", "Name of the data in the manifest [default: the file's name]");
    private readonly Option<string> _device = new("--device-column")
    {
        Description = "Names the device of a row; without such a column there is one device", HelpName = "NAME", DefaultValueFactory = _ => "deviceId",
    };

    private readonly Option<string> _time = new("--time-column")
    {
        Description = "Time of a row, in Unix milliseconds or as a date; without it readings are --period-ms apart",
        HelpName = "NAME",
        DefaultValueFactory = _ => "timestamp",
    };

    private readonly Option<string[]> _labels = List("--label-columns", "A,B", "Columns that mark an anomaly", "label");
    private readonly Option<string[]> _ignored = List("--ignore-columns", "A,B", "Columns that are no features", "zone");
    private readonly Option<string?> _labelFile = Text("--labels", "FILE.csv", "The label columns are in this file, row by row as the data");
    private readonly Option<string?> _labelWindows = Text("--label-windows", "FILE.json", "Anomalies as {\"FILE.csv\": [[from, to], …]}");

    public Option<long> Period { get; } = Whole("--period-ms", "Time between two readings of a device; 0: any", 1_000, 0, 86_400_000, "MS");

    public IEnumerable<Option> All => [_data, _id, _device, _time, _labels, _ignored, _labelFile, _labelWindows, Period];

    /// <param name="features">Empty: all columns without another meaning.</param>
    public DataSet Read(ParseResult result, IReadOnlyList<string> features, long? periodMs = null) => DataReader.Read(new DataOptions
    {
        File = result.GetRequiredValue(_data),
        Id = result.GetValue(_id),
        Features = features,
        DeviceColumn = result.GetRequiredValue(_device),
        TimeColumn = result.GetRequiredValue(_time),
        LabelColumns = result.GetRequiredValue(_labels),
        Ignored = result.GetRequiredValue(_ignored),
        LabelFile = result.GetValue(_labelFile),
        LabelWindows = result.GetValue(_labelWindows),
        PeriodMs = Math.Max(periodMs ?? result.GetValue(Period), 1),
    });
}
