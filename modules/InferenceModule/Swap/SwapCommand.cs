using EdgeModules.Hosting.Settings;

namespace EdgeModules.Inference.Swap;

public enum SwapAction
{
    /// <summary>Lets a candidate in mode <c>improve</c> take over.</summary>
    Approve,

    /// <summary>Puts the model before in its place again.</summary>
    Rollback,

    /// <summary>Tries a candidate again that was rejected, inconclusive or rolled back.</summary>
    Retry,
}

/// <summary>The desired property <c>command</c>: carried out once for each id.</summary>
public sealed record SwapCommand
{
    /// <summary>Another one for each command; 1 to 64 characters. Null for no command.</summary>
    public string? Id { get; init; }

    /// <summary>Required with an id.</summary>
    public SwapAction? Action { get; init; }

    /// <summary>Of the candidate to approve or retry, or of the model to leave. Required with an id.</summary>
    public string? Sha256 { get; init; }

    internal bool IsGiven => Id is not null;

    public void Validate(SettingErrors errors)
    {
        errors.Require(
            Id is { Length: >= 1 and <= 64 } || (Id is null && Action is null && Sha256 is null), Id, "1 to 64 characters, with action and sha256 beside it");
        errors.Require(!IsGiven || Action is not null, Action, "\"approve\", \"rollback\" or \"retry\"");
        errors.Require(!IsGiven || ModelHash.IsHex(Sha256), Sha256, "a model's SHA-256, 64 lower-case hexadecimal digits");
    }
}

/// <param name="Refusal">Why it was not carried out: a sentence; null when it was.</param>
public sealed record CommandAnswer(string Id, string? Refusal);
