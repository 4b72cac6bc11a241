namespace EdgeSimulator.Running;

/// <param name="Message">For the user.</param>
public sealed record RunEnd(RunEndReason Reason, string Message);

public enum RunEndReason
{
    /// <summary>The data has ended, and nothing is left that time would release.</summary>
    DataEnded,
    DurationOver,
    StoryOver,
    Interrupted,
    SourceFailed,

    /// <summary>No module runs, and none will be restarted.</summary>
    ModulesGone,
}
