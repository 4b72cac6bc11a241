using EdgeModules.Models.Evaluation;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>One reading with what was known when it came.</summary>
/// <param name="Score">Null while there is no whole window.</param>
/// <param name="IsAlarm">Whether an alarm is on, by this score and those before it.</param>
internal readonly record struct Judgement(int Row, long Time, double? Score, bool IsAlarm, bool IsAnomaly) : IJudgedReading;

internal sealed record DeviceJudgements(string Device, IReadOnlyList<Judgement> Readings);
