namespace EdgeModules.Messages;

/// <summary>Application properties that every message of the suite carries, so that routes and the cloud need not open the body.</summary>
public static class ApplicationProperties
{
    /// <summary><c>reading</c>, <c>invalid</c>, …: the kind of item in the body.</summary>
    public const string MessageType = "messageType";

    /// <summary><c>critical</c>, <c>normal</c> or <c>low</c>; always set, since an undefined property matches no route condition.</summary>
    public const string Priority = "priority";

    /// <summary>How many readings or items the body holds; the unit of accounting.</summary>
    public const string Count = "count";

    /// <summary><c>true</c> on readings that their source has calibrated: nobody does it again.</summary>
    public const string Calibrated = "calibrated";
}
