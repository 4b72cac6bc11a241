using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeModules.Hosting.Tests.Connection;

/// <summary>The runtime's workload API as far as HTTP goes: keeps each request, answers each with what it is told.</summary>
internal sealed class FakeWorkloadApi : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<string, (int Status, string Body)> _answer;
    private readonly Task _serving;

    private FakeWorkloadApi(Socket listener, Func<string, (int Status, string Body)> answer)
    {
        (_listener, _answer) = (listener, answer);
        _serving = ServeAsync();
    }

    /// <summary>Request line and body of each request.</summary>
    public List<(string Line, string Body)> Requests { get; } = [];

    public static FakeWorkloadApi OnUnixSocket(string path, Func<string, (int Status, string Body)> answer)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return new FakeWorkloadApi(listener, answer);
    }

    public static FakeWorkloadApi OnLoopback(Func<string, (int Status, string Body)> answer, out Uri uri)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        uri = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        return new FakeWorkloadApi(listener, answer);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptAsync();
                await using var stream = new NetworkStream(socket);
                var head = new StringBuilder();
                var octet = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    await stream.ReadExactlyAsync(octet);
                    head.Append((char)octet[0]);
                }

                var lines = head.ToString().Split("\r\n");
                var length = lines.FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } header ? int.Parse(header[15..]) : 0;
                var body = new byte[length];
                await stream.ReadExactlyAsync(body);
                lock (Requests) Requests.Add((lines[0], Encoding.UTF8.GetString(body)));
                var (status, text) = _answer(lines[0]);
                var content = Encoding.UTF8.GetBytes(text);
                var answer = $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n";
                // In one piece: the client goes when it has what it needs.
                await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(answer), .. content]);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
