using System.Runtime.InteropServices;

namespace EdgeModules.Inference.Swap;

/// <summary>The priority of a thread on Linux, where .NET leaves <see cref="ThreadPriority"/> without effect.</summary>
internal static class LowPriority
{
    private const int Process = 0;
    private const int Nicest = 19;

    /// <summary>For the calling thread; on Linux a process's niceness is in truth that of a thread. Without effect where it is refused.</summary>
    public static void Enter()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(Process, 0, Nicest);
    }

    [DllImport("libc", EntryPoint = "setpriority", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
