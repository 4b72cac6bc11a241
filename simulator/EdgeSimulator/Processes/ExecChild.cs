using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeSimulator.Processes;

/// <summary>
/// A hidden verb of the simulator: ties this process to the one that started it, then becomes the command it was given (same process id, no memory
/// of its own left). <c>exec-child PARENT-PID FILE ARGUMENT…</c>
/// </summary>
public static partial class ExecChild
{
    public const string Verb = "exec-child";

    private const int SetParentDeathSignal = 1;
    private const int SigKill = 9;

    /// <returns>Only when it fails: 126, as shells do for a command that cannot be executed; 125 when the parent is gone.</returns>
    [UnsupportedOSPlatform("windows")]
    public static int Run(string[] arguments)
    {
        var parent = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        // A session of its own: Ctrl+C on the terminal must not reach the modules before the queues have run empty.
        _ = CreateSession();
        if (OperatingSystem.IsLinux()) _ = ProcessControl(SetParentDeathSignal, SigKill, 0, 0, 0);
        // The parent may have ended before the line above took effect.
        if (ParentId() != parent) return 125;
        return Become(arguments[1], arguments[1..]);
    }

    [UnsupportedOSPlatform("windows")]
    private static int Become(string file, string[] argv)
    {
        var pointers = new nint[argv.Length + 1];
        for (var i = 0; i < argv.Length; i++) pointers[i] = Marshal.StringToCoTaskMemUTF8(argv[i]);
        _ = Execute(file, pointers);
        Console.Error.WriteLine($"{file} cannot be executed: {Marshal.GetLastPInvokeErrorMessage()}");
        return 126;
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int CreateSession();

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, nint[] argv);
}
