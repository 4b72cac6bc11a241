namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>When scores are an alarm, as a rule of the AlertModule has it.</summary>
/// <param name="Limit">A score above it is strange.</param>
/// <param name="Clear">An alarm ends with a score at or below it.</param>
/// <param name="Consecutive">Strange scores in a row that make an alarm.</param>
public sealed record AlarmRule(double Limit, double Clear, int Consecutive)
{
    /// <param name="run">Strange scores in a row up to now, this one among them.</param>
    public bool IsOn(bool wasOn, double score, int run) => run >= Consecutive || (wasOn && score > Clear);
}
