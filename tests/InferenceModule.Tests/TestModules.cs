using System.Diagnostics.Metrics;
using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Inference.Tests;

/// <summary>Modules, and swaps of their own, on a folder of models.</summary>
internal static class TestModules
{
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static SwapTelemetry Telemetry { get; } = new(Meters, NullLogger<SwapTelemetry>.Instance);

    /// <param name="folder">Of the models brought in.</param>
    /// <param name="mounted">Folder of the source <c>file</c>; null for none.</param>
    public static InferenceModule Create(IModelLoader loader, string folder, TimeProvider time, string? mounted = null, IRemoteFiles? remote = null) =>
        new(Surroundings(loader, new FileFolder(folder), time, mounted, remote), Telemetry, NullLogger<InferenceModule>.Instance);

    public static SwapSurroundings Surroundings(
        IModelLoader loader, IFileFolder folder, TimeProvider time, string? mounted = null, IRemoteFiles? remote = null)
    {
        var store = new ModelStore(folder);
        return new SwapSurroundings(store, new ModelFetcher(store, remote ?? new NoNetwork(), mounted, time), loader, time);
    }

    private sealed class NoNetwork : IRemoteFiles
    {
        public Task<RemotePart> OpenAsync(Uri uri, long offset, CancellationToken cancellation) => throw new IOException("There is no network.");
    }
}
