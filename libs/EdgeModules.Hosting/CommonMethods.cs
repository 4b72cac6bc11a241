namespace EdgeModules.Hosting;

/// <summary>The direct methods of every module.</summary>
public static class CommonMethods
{
    public const string Ping = "ping";
    public const string GetLedger = "getLedger";
    public const string GetSettings = "getSettings";
    public const string SetLocal = "setLocal";
    public const string ClearLocal = "clearLocal";
    public const string ResetState = "resetState";

    public static IReadOnlyList<string> All { get; } = [Ping, GetLedger, GetSettings, SetLocal, ClearLocal, ResetState];
}
