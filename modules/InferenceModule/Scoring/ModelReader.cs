using System.Security.Cryptography;

namespace EdgeModules.Inference;

/// <summary>Fetches the bytes of a model and proves that they are the ones.</summary>
/// <param name="directory">Files are below it.</param>
public sealed class ModelReader(string directory, HttpMessageHandler? network = null)
{
    private static readonly TimeSpan DownloadTime = TimeSpan.FromMinutes(10);

    private readonly string _directory = Path.GetFullPath(directory);

    /// <exception cref="ModelLoadException">They cannot be had, or are others.</exception>
    public async Task<byte[]> ReadAsync(ModelSource source, CancellationToken cancellation)
    {
        var bytes = source.Source switch
        {
            ModelSourceKind.File => ReadFile(source.File!),
            ModelSourceKind.Data => Convert.FromBase64String(source.Data!),
            _ => await DownloadAsync(source.Url!.Uri, cancellation),
        };
        if (source.SizeBytes is { } size && size != bytes.Length)
            throw new ModelLoadException($"The model file has {bytes.Length} bytes; active.sizeBytes says {size}.");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return sha256 == source.Sha256 ? bytes : throw new ModelLoadException($"The model file has the SHA-256 {sha256}; active.sha256 says {source.Sha256}.");
    }

    private byte[] ReadFile(string path)
    {
        var file = new FileInfo(Path.GetFullPath(path, _directory));
        try
        {
            var target = file.Exists ? (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
            if (!target.FullName.StartsWith(_directory + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new ModelLoadException($"Model file {path} lies outside of the folder of models, {_directory}.");
            if (!target.Exists) throw new ModelLoadException($"There is no model file {path} in {_directory}, the folder of ModelsDirectory.");
            if (target.Length > ModelSource.MostBytes)
                throw new ModelLoadException($"Model file {path} has {target.Length} bytes; it must have at most {ModelSource.MostBytes}.");
            return File.ReadAllBytes(target.FullName);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"Model file {path} cannot be read: {error.Message}", error);
        }
    }

    /// <remarks>Neither the address nor an answer's text is told: an address may carry a signature.</remarks>
    private async Task<byte[]> DownloadAsync(Uri url, CancellationToken cancellation)
    {
        using var client = network is null ? new HttpClient() : new HttpClient(network, disposeHandler: false);
        client.MaxResponseContentBufferSize = ModelSource.MostBytes;
        client.Timeout = DownloadTime;
        try
        {
            using var answer = await client.GetAsync(url, cancellation);
            if (!answer.IsSuccessStatusCode) throw new ModelLoadException($"{url.Host} answered {(int)answer.StatusCode} for the model.");
            return await answer.Content.ReadAsByteArrayAsync(cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new ModelLoadException($"The model cannot be fetched from {url.Host}: {error.Message}", error);
        }
    }
}
