using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace EdgeSimulator.Processes;

/// <summary>
/// Starts children through <see cref="ExecChild"/>, so that the kernel kills them when this process is gone. Linux ties that to the thread that
/// started the child: all are started from one thread that lives as long as the launcher.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixChildLauncher : IChildLauncher
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly ConcurrentDictionary<int, Process> _children = new();
    private readonly Thread _thread;

    public UnixChildLauncher()
    {
        _thread = new Thread(() =>
        {
            foreach (var start in _work.GetConsumingEnumerable()) start();
        })
        {
            IsBackground = true,
            Name = "Child launcher",
        };
        _thread.Start();
        AppDomain.CurrentDomain.ProcessExit += KillAll;
    }

    public string? Limit => OperatingSystem.IsLinux()
        ? null
        : "On this platform the modules go on running when the simulator is killed with SIGKILL; end them by hand then.";

    public Process Start(ChildCommand command)
    {
        var start = command.ToStartInfo(
            ChildLauncher.DotnetCommand,
            ["exec", typeof(ExecChild).Assembly.Location, ExecChild.Verb, $"{Environment.ProcessId}", command.File, .. command.Arguments]);
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                started.SetResult(ChildLauncher.StartOrExplain(start, command));
            }
            catch (SimulatorException error)
            {
                started.SetException(error);
            }
        });
        var child = started.Task.GetAwaiter().GetResult();
        var id = child.Id;
        _children[id] = child;
        child.Exited += (_, _) => _children.TryRemove(id, out Process? _);
        child.EnableRaisingEvents = true;
        return child;
    }

    public void Terminate(Process child)
    {
        if (!child.HasExited) UnixSignal.Send(child.Id, UnixSignal.Terminate);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAll;
        KillAll(null, EventArgs.Empty);
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void KillAll(object? sender, EventArgs e)
    {
        foreach (var child in _children.Values)
        {
            try
            {
                child.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }
        }
    }
}
