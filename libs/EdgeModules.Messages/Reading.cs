namespace EdgeModules.Messages;

/// <summary>One reading of a <see cref="ReadingBatch"/>; its metrics and bytes are had from the batch.</summary>
/// <param name="DeviceId">1 to 128 characters.</param>
/// <param name="Zone">1 to 128 characters, or null when the reading has none.</param>
/// <param name="Timestamp">Event time, Unix milliseconds.</param>
/// <param name="FirstMetric">Where the batch holds this reading's metrics.</param>
/// <param name="MetricCount">One or more.</param>
/// <param name="Offset">Where the reading's JSON object starts in the body.</param>
/// <param name="Length">Bytes of that object.</param>
public readonly record struct Reading(string DeviceId, string? Zone, long Timestamp, int FirstMetric, int MetricCount, int Offset, int Length);

/// <param name="Name">Equal names are, as a rule, the same string instance, so a reference comparison usually decides.</param>
/// <param name="Value">Finite.</param>
public readonly record struct MetricValue(string Name, double Value);

/// <summary>A reading, or a whole body, that cannot be used.</summary>
/// <param name="Offset">Where its bytes start in the body.</param>
/// <param name="Reason">One of <see cref="InvalidReasons"/>.</param>
/// <param name="Path">JSONPath of the offending value, from the root of the body.</param>
/// <param name="Error">A sentence: what was found there and what it must be.</param>
public readonly record struct InvalidReading(int Offset, int Length, string Reason, string Path, string Error);
