namespace EdgeSimulator.CommandLine;

public static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It ran, and what came of it is not right: readings unaccounted for, settings rejected.</summary>
    public const int Failed = 1;

    /// <summary>A mistake of the user or of the environment, told in one line.</summary>
    public const int Usage = 2;

    /// <summary>A mistake of the simulator.</summary>
    public const int Internal = 3;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
