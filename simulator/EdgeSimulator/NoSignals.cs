using Microsoft.Extensions.Hosting;

namespace EdgeSimulator;

/// <summary>For web servers inside the simulator: signals belong to the run, which closes them when their time has come.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
