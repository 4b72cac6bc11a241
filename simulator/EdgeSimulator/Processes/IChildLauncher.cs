using System.Diagnostics;

namespace EdgeSimulator.Processes;

/// <summary>Starts processes that end with this one, however it ends. One implementation per platform.</summary>
public interface IChildLauncher : IDisposable
{
    /// <summary>What this platform cannot promise, as one sentence for the user; null when it promises all.</summary>
    string? Limit { get; }

    /// <summary>Starts a child with redirected input, output and error.</summary>
    /// <exception cref="SimulatorException">It cannot be started.</exception>
    Process Start(ChildCommand command);

    /// <summary>Asks the child to end, as a container engine does (SIGTERM).</summary>
    void Terminate(Process child);
}

/// <param name="Environment">The whole environment of the child.</param>
public sealed record ChildCommand(
    string File, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    internal ProcessStartInfo ToStartInfo(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }
}
