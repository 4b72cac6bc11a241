namespace EdgeModules.ModelTrainer.Data;

/// <summary>Readings of devices with the labels of people.</summary>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="Devices">In the order of their first rows.</param>
public sealed record DataSet(string Id, string Sha256, IReadOnlyList<string> Features, IReadOnlyList<DeviceSeries> Devices, bool HasLabels)
{
    public int Rows => Devices.Sum(device => device.Length);
}

/// <param name="Rows">Of each reading the data row in the file, from 1.</param>
/// <param name="Times">Of each reading in Unix milliseconds, or its number times the sample period.</param>
/// <param name="Values">Reading by reading; NaN is missing.</param>
/// <param name="Labels">Whether a reading belongs to an anomaly.</param>
public sealed record DeviceSeries(string Id, int[] Rows, long[] Times, float[] Values, bool[] Labels)
{
    public int Length => Rows.Length;

    public ReadOnlySpan<float> Reading(int index, int features) => Values.AsSpan(index * features, features);
}
