using System.Runtime.InteropServices;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Running;

/// <summary>Ctrl+C, SIGTERM, SIGHUP: the first ends the run in good order, the second at once.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Terminal _terminal;
    private int _count;

    public StopSignals(Terminal terminal)
    {
        _terminal = terminal;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
    }

    public CancellationToken Interrupt => _interrupt.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _interrupt.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            _terminal.Error("Ended at once; the books are not closed.");
            // The modules end with this process.
            Environment.Exit(ExitCodes.Interrupted);
        }

        _interrupt.Cancel();
    }
}
