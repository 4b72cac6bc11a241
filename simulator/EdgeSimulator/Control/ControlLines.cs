using System.Runtime.CompilerServices;

namespace EdgeSimulator.Control;

/// <summary>Lines that the simulator sends as they come; they end when it ends, in whichever way.</summary>
public sealed class ControlLines(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly StreamReader _reader = new(body);

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await NextAsync(cancellation) is { } line) yield return line;
    }

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }

    private async Task<string?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            return await _reader.ReadLineAsync(cancellation);
        }
        catch (IOException)
        {
            // Killed: the answer broke off.
            return null;
        }
    }
}
