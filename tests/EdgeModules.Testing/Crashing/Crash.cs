namespace EdgeModules.Testing.Crashing;

/// <summary>Where on a message's way a process is killed.</summary>
public enum CrashPoint
{
    /// <summary>Nothing of the step is on the disk.</summary>
    BeforeSave,

    /// <summary>The disk has a part of what the store writes.</summary>
    InSave,

    AfterSave,
    BeforeSend,

    /// <summary>The hub has the message, and the module does not know it.</summary>
    AfterSend,

    /// <summary>All is done, and the hub does not learn it: it delivers the message again.</summary>
    InAcknowledgement,
}

/// <param name="Number">At which save, send or acknowledgement from now on, counted from 1; ticks and what is sent again after a start have theirs too.</param>
/// <param name="Part">Of <see cref="CrashPoint.InSave"/>: how much of what the store writes is on the disk, 0 to 1.</param>
public sealed record Crash(CrashPoint Point, int Number = 1, double Part = 0.5);

/// <summary>Stands for kill -9.</summary>
public sealed class SimulatedCrashException : Exception;
