namespace EdgeModules.Messages;

/// <summary>Event times in Unix milliseconds: the years 1 to 9999.</summary>
public static class Timestamps
{
    public const long Min = -62_135_596_800_000;
    public const long Max = 253_402_300_799_999;
}
