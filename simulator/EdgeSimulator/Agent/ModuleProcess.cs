using System.Diagnostics;

namespace EdgeSimulator.Agent;

/// <summary>One life of a module.</summary>
public interface IModuleProcess
{
    int Id { get; }

    /// <summary>The exit code; 128 + signal when a signal ended it.</summary>
    Task<int> Exited { get; }

    /// <summary>Since its start; null when it has ended.</summary>
    ProcessUsage? Measure();

    void Terminate();

    void Kill();
}

/// <param name="PeakMemoryBytes">Resident.</param>
public readonly record struct ProcessUsage(TimeSpan Cpu, long PeakMemoryBytes)
{
    /// <summary>Over two lives of one module.</summary>
    public ProcessUsage Then(ProcessUsage next) => new(Cpu + next.Cpu, Math.Max(PeakMemoryBytes, next.PeakMemoryBytes));

    /// <summary>Of two looks at one life; a process that is ending shows no memory any more.</summary>
    public ProcessUsage AtLeast(ProcessUsage earlier) =>
        new(Cpu > earlier.Cpu ? Cpu : earlier.Cpu, Math.Max(PeakMemoryBytes, earlier.PeakMemoryBytes));

    /// <returns>Null when the process has ended, or the platform does not tell.</returns>
    public static ProcessUsage? Of(Process process)
    {
        try
        {
            process.Refresh();
            return process.HasExited ? null : new ProcessUsage(process.TotalProcessorTime, process.PeakWorkingSet64);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return null;
        }
    }
}
