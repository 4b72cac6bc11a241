using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeModules.Inference.Models;

namespace EdgeModules.Inference.Tests.Models;

public sealed class HttpsFilesTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(1234)]
    [InlineData(5000)]
    public async Task OpenAsync_FromAnOffset_GivesTheRest(int offset)
    {
        await using var server = new FileServer(Content);
        using var client = server.Client();

        using var part = await new HttpsFiles(client).OpenAsync(server.Address("model.onnx"), offset, CancellationToken.None);
        using var rest = new MemoryStream();
        await part.Content.CopyToAsync(rest);

        Assert.Equal((offset, Content.Length), (part.Offset, part.TotalBytes));
        Assert.Equal(Content[offset..], rest.ToArray());
    }

    [Fact]
    public async Task OpenAsync_OfWhatIsNotThere_SaysItWithoutTheSignatureOfTheAddress()
    {
        await using var server = new FileServer(Content);
        using var client = server.Client();

        var error = await Assert.ThrowsAsync<IOException>(() => new HttpsFiles(client).OpenAsync(server.Address("absent?sig=secret"), 0, CancellationToken.None));

        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_OfAServerThatIsNotTrusted_IsAnError()
    {
        await using var server = new FileServer(Content);
        using var client = new HttpClient();

        await Assert.ThrowsAsync<IOException>(() => new HttpsFiles(client).OpenAsync(server.Address("model.onnx"), 0, CancellationToken.None));
    }

    [Fact]
    public async Task OpenAsync_WithoutTls_IsRefused()
    {
        using var client = new HttpClient();

        await Assert.ThrowsAsync<ModelFetchException>(() => new HttpsFiles(client).OpenAsync(new Uri("http://127.0.0.1/model"), 0, CancellationToken.None));
    }

    /// <summary>One file over TLS on loopback: a request, an answer, the end.</summary>
    private sealed class FileServer : IAsyncDisposable
    {
        private readonly byte[] _content;
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly Task _serving;

        public FileServer(byte[] content)
        {
            _content = content;
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
            _certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
            _listener.Start();
            _serving = ServeAsync();
        }

        public Uri Address(string path) => new($"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}");

        public HttpClient Client() => new(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == _certificate.GetCertHashString() },
        });

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _certificate.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var connection = await _listener.AcceptTcpClientAsync();
                    await AnswerAsync(connection);
                }
            }
            catch (Exception error) when (error is SocketException or InvalidOperationException)
            {
                // The listener has been stopped.
            }
        }

        private async Task AnswerAsync(TcpClient connection)
        {
            try
            {
                await using var stream = new SslStream(connection.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var first = await reader.ReadLineAsync() ?? "";
                var offset = 0;
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) offset = int.Parse(header["Range: bytes=".Length..].TrimEnd('-'));
                }

                var (head, body) = Answer(first.Contains("/model.onnx", StringComparison.Ordinal), offset);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
                await stream.WriteAsync(body);
            }
            catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client does not trust this server, or has gone.
            }
        }

        private (string Head, byte[] Body) Answer(bool isThere, int offset)
        {
            if (!isThere) return ("404 Not Found", []);
            if (offset == 0) return ("200 OK", _content);
            return offset >= _content.Length
                ? ($"416 Range Not Satisfiable\r\nContent-Range: bytes */{_content.Length}", [])
                : ($"206 Partial Content\r\nContent-Range: bytes {offset}-{_content.Length - 1}/{_content.Length}", _content[offset..]);
        }
    }
}
