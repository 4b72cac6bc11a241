using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace EdgeSimulator.Processes;

/// <summary>Puts children into a job that Windows ends when its last handle closes, which is when this process is gone.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsChildLauncher : IChildLauncher
{
    private const int ExtendedLimitInformation = 9;
    private const uint KillOnJobClose = 0x2000;
    private const uint ControlBreak = 1;

    private readonly SafeFileHandle _job;

    public WindowsChildLauncher()
    {
        _job = CreateJob(0, 0);
        var limits = new ExtendedLimits { LimitFlags = KillOnJobClose };
        if (_job.IsInvalid || !SetJobInformation(_job, ExtendedLimitInformation, ref limits, Marshal.SizeOf<ExtendedLimits>()))
            throw new SimulatorException($"Windows gave no job object for the modules: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public string? Limit => null;

    public Process Start(ChildCommand command)
    {
        var start = command.ToStartInfo(command.File, command.Arguments);
        // A group of its own: Ctrl+C on the console must not reach the modules before the queues have run empty.
        start.CreateNewProcessGroup = true;
        var child = ChildLauncher.StartOrExplain(start, command);
        if (AssignToJob(_job, child.SafeHandle)) return child;
        var error = new Win32Exception();
        child.Kill();
        throw new SimulatorException($"{command.File} cannot be tied to the simulator: {error.Message}", error);
    }

    public void Terminate(Process child)
    {
        // The nearest to SIGTERM that a .NET host on Windows listens to.
        if (!child.HasExited) _ = GenerateControlEvent(ControlBreak, child.Id);
    }

    public void Dispose() => _job.Dispose();

    [LibraryImport("kernel32", EntryPoint = "CreateJobObjectW", SetLastError = true)]
    private static partial SafeFileHandle CreateJob(nint attributes, nint name);

    [LibraryImport("kernel32", EntryPoint = "SetInformationJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetJobInformation(SafeFileHandle job, int kind, ref ExtendedLimits information, int length);

    [LibraryImport("kernel32", EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AssignToJob(SafeFileHandle job, SafeProcessHandle process);

    [LibraryImport("kernel32", EntryPoint = "GenerateConsoleCtrlEvent", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GenerateControlEvent(uint controlEvent, int processGroup);

    /// <summary><c>JOBOBJECT_EXTENDED_LIMIT_INFORMATION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ExtendedLimits
    {
        public long PerProcessUserTimeLimit;
        public long PerJobUserTimeLimit;
        public uint LimitFlags;
        public nuint MinimumWorkingSetSize;
        public nuint MaximumWorkingSetSize;
        public uint ActiveProcessLimit;
        public nuint Affinity;
        public uint PriorityClass;
        public uint SchedulingClass;
        public ulong ReadOperationCount;
        public ulong WriteOperationCount;
        public ulong OtherOperationCount;
        public ulong ReadTransferCount;
        public ulong WriteTransferCount;
        public ulong OtherTransferCount;
        public nuint ProcessMemoryLimit;
        public nuint JobMemoryLimit;
        public nuint PeakProcessMemoryUsed;
        public nuint PeakJobMemoryUsed;
    }
}
