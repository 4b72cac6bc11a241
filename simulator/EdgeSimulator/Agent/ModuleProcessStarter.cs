using System.Diagnostics;
using EdgeSimulator.Processes;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Agent;

/// <summary>Starts the process of one module and keeps its log.</summary>
public interface IModuleProcessStarter
{
    /// <exception cref="SimulatorException">The process cannot be started.</exception>
    IModuleProcess Start();
}

public sealed class ModuleProcessStarter(string module, ChildCommand command, IChildLauncher launcher, LogFile log, Terminal terminal) : IModuleProcessStarter
{
    public IModuleProcess Start()
    {
        var child = launcher.Start(command);
        return new ModuleProcess(child, launcher, Task.WhenAll(FollowAsync(child.StandardOutput), FollowAsync(child.StandardError)));
    }

    private async Task FollowAsync(StreamReader lines)
    {
        try
        {
            while (await lines.ReadLineAsync() is { } line)
            {
                if (line.Length == 0) continue;
                log.Write(line);
                terminal.Log(module, LogLine.Parse(line));
            }
        }
        catch (IOException)
        {
            // A pipe that breaks has nothing more to say.
        }
    }

    private sealed class ModuleProcess : IModuleProcess
    {
        private readonly Process _child;
        private readonly IChildLauncher _launcher;

        public ModuleProcess(Process child, IChildLauncher launcher, Task output)
        {
            (_child, _launcher) = (child, launcher);
            Id = child.Id;
            Exited = WaitAsync(output);
        }

        public int Id { get; }

        public Task<int> Exited { get; }

        public ProcessUsage? Measure() => ProcessUsage.Of(_child);

        public void Terminate() => _launcher.Terminate(_child);

        public void Kill()
        {
            try
            {
                _child.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }
        }

        private async Task<int> WaitAsync(Task output)
        {
            await _child.WaitForExitAsync();
            try
            {
                await output.WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System);
            }
            catch (TimeoutException)
            {
                // A process that the module started holds the pipe; its output is not the module's.
            }

            return _child.ExitCode;
        }
    }
}
