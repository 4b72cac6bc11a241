using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Inference.Swap;

/// <summary>What happens to models, counted and logged.</summary>
public sealed partial class SwapTelemetry(IMeterFactory meters, ILogger<SwapTelemetry> logger)
{
    private readonly Counter<long> _decisions = meters.Create("EdgeModules.Inference.Swap").CreateCounter<long>(
        "inference_swap_decisions", unit: null, description: "Decisions on candidates, by what was decided.");

    public void Decided(string sha256, SwapPhase phase, string reason)
    {
        _decisions.Add(1, new KeyValuePair<string, object?>("decision", SwapReport.Camel(phase)));
        // Only what did not go as the candidate's sender wished needs a look.
        LogDecided(phase is SwapPhase.Promoting or SwapPhase.Promoted ? LogLevel.Information : LogLevel.Warning, sha256, phase, reason);
    }

    [LoggerMessage(Message = "Model {Sha256}: {Phase}. {Reason}")]
    private partial void LogDecided(LogLevel level, string sha256, SwapPhase phase, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Sha256} cannot be loaded. {Cause}")]
    public partial void NotLive(string sha256, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no model to score with: no scores, only threshold rules. {Reason}")]
    public partial void Dark(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Let go of candidate {Sha256}.")]
    public partial void Dropped(string sha256);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model before does not go along in probation. {Cause}")]
    public partial void NoReverseShadow(string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal of the models is set aside; the module begins without a model. {Cause}")]
    public partial void JournalDamaged(string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal of the models could not be saved; it is tried again. {Cause}")]
    public partial void JournalNotSaved(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The saved reports of decisions cannot be read. {Cause}")]
    public partial void ReportsDamaged(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The report of a decision could not be saved. {Cause}")]
    public partial void ReportNotSaved(string cause);
}
