using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeModules.Inference.Tests.Models;

/// <summary>One file over TLS on loopback: a request, an answer, the end.</summary>
internal sealed class FileServer : IAsyncDisposable
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

    /// <summary>To be trusted by who asks.</summary>
    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_certificate.RawData)];

    /// <summary>From where the file was asked for, in order.</summary>
    public List<int> Offsets { get; } = [];

    /// <summary>The next answers end after so many bytes.</summary>
    public Queue<int> BreakAfter { get; } = new();

    /// <summary>The first answer has a head and no more.</summary>
    public bool StallsFirst { get; set; }

    /// <summary>Where <c>moved</c> leads.</summary>
    public Uri? RedirectTo { get; set; }

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

            var isModel = first.Contains("/model.onnx", StringComparison.Ordinal);
            if (isModel) Offsets.Add(offset);
            var isMoved = RedirectTo is not null && first.Contains("/moved", StringComparison.Ordinal);
            var (head, body) = isMoved ? ($"302 Found\r\nLocation: {RedirectTo}", []) : Answer(isModel, offset);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            if (StallsFirst)
            {
                StallsFirst = false;
                // Until the client gives up.
                while (await stream.ReadAsync(new byte[1]) > 0)
                {
                }

                return;
            }

            await stream.WriteAsync(BreakAfter.TryDequeue(out var most) ? body.AsMemory(0, most) : body);
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
