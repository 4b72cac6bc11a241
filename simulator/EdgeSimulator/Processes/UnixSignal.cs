using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeSimulator.Processes;

/// <summary>Signals that .NET cannot send.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixSignal
{
    public const int Kill = 9;
    public const int Terminate = 15;

    public static int Stop { get; } = OperatingSystem.IsLinux() ? 19 : 17;

    public static int Continue { get; } = OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>A process that has ended meanwhile is not an error.</summary>
    public static void Send(int processId, int signal) => _ = SendSignal(processId, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
