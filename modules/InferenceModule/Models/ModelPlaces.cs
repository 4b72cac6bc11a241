using System.Security.Cryptography.X509Certificates;
using EdgeModules.Hosting.State;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Swap;
using Microsoft.Extensions.Configuration;

namespace EdgeModules.Inference.Models;

/// <summary>Where the module finds models and keeps them, as its environment says.</summary>
/// <param name="Store">Folder of the models brought in, with their journal.</param>
/// <param name="Mounted"><c>ModelsDirectory</c>: folder of <c>file</c>.</param>
/// <param name="RootsFile"><c>ModelsCACertificateFile</c>: PEM file of roots to trust for <c>https</c>, beside those of the operating system and of the IoT
/// Edge runtime; or null.</param>
public sealed record ModelPlaces(string Store, string Mounted, string? RootsFile)
{
    private const string StandardMounted = "models";

    public static ModelPlaces Read(ModuleEnvironment environment, IConfiguration variables) => new(
        Path.Combine(environment.StateDirectory, $"{environment.Credentials.Address.ModuleId}.models"),
        variables["ModelsDirectory"] is { Length: > 0 } mounted ? mounted : StandardMounted,
        variables["ModelsCACertificateFile"] is { Length: > 0 } file ? file : null);

    public SwapSurroundings Surroundings(IModelLoader loader, IModuleCredentials credentials, TimeProvider time)
    {
        var store = new ModelStore(new FileFolder(Store));
        var client = new HttpClient(new DownloadHandler(cancellation => RootsAsync(credentials, cancellation)));
        return new SwapSurroundings(store, new ModelFetcher(store, new HttpsFiles(client), Mounted, time), loader, time);
    }

    private async Task<X509Certificate2Collection> RootsAsync(IModuleCredentials credentials, CancellationToken cancellation)
    {
        var roots = new X509Certificate2Collection();
        roots.AddRange(await credentials.GetTrustedRootsAsync(cancellation));
        if (RootsFile is not null) roots.ImportFromPemFile(RootsFile);
        return roots;
    }
}
