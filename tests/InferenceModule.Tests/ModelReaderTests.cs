using System.Net;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Inference.Tests;

public sealed class ModelReaderTests : IDisposable
{
    private static readonly byte[] Bytes = [1, 2, 3];
    private static readonly string Sha256 = TinyModel.Sha256(Bytes);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_FileInTheFolder_GivesItsBytes()
    {
        Directory.CreateDirectory(_folder.File("line"));
        await File.WriteAllBytesAsync(_folder.File("line/m.onnx"), Bytes);
        Assert.Equal(Bytes, await ReadAsync(File_("line/m.onnx")));
        Assert.Contains("SHA-256", await RefusedAsync(File_("line/m.onnx") with { Sha256 = new string('0', 64) }), StringComparison.Ordinal);
        Assert.Contains("has 3 bytes; active.sizeBytes says 4", await RefusedAsync(File_("line/m.onnx") with { SizeBytes = 4 }), StringComparison.Ordinal);
        Assert.Contains("There is no model file", await RefusedAsync(File_("other.onnx")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_LinkOutOfTheFolder_IsRefused()
    {
        using var outside = new TemporaryFolder();
        await File.WriteAllBytesAsync(outside.File("m.onnx"), Bytes);
        File.CreateSymbolicLink(_folder.File("link.onnx"), outside.File("m.onnx"));
        Assert.Contains("lies outside", await RefusedAsync(File_("link.onnx")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Address_GivesWhatIsThereAndTellsNoSignature()
    {
        var source = new ModelSource { Source = ModelSourceKind.Https, Url = new ModelAddress(new Uri("https://models.test/m.onnx?sig=secret")), Sha256 = Sha256 };
        Assert.Equal(Bytes, await ReadAsync(source, new Answer(HttpStatusCode.OK)));
        var refusal = await RefusedAsync(source, new Answer(HttpStatusCode.Forbidden));
        Assert.Equal("models.test answered 403 for the model.", refusal);
    }

    private static ModelSource File_(string path) => new() { Source = ModelSourceKind.File, File = path, Sha256 = Sha256 };

    private Task<byte[]> ReadAsync(ModelSource source, HttpMessageHandler? network = null) => new ModelReader(_folder.Path, network).ReadAsync(source, CancellationToken.None);

    private async Task<string> RefusedAsync(ModelSource source, HttpMessageHandler? network = null) =>
        (await Assert.ThrowsAsync<ModelLoadException>(() => ReadAsync(source, network))).Message;

    private sealed class Answer(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new ByteArrayContent(Bytes) });
    }
}
