namespace EdgeSimulator.Terminals;

/// <summary>A text file that another part appends to, read line by line: a line that is not ended yet is not there yet.</summary>
/// <param name="start">Where it begins for this reader, in bytes.</param>
public sealed class GrowingFile(string path, long start, TimeProvider clock)
{
    private const int UsualBuffer = 64 << 10;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Where the lines begin.</summary>
    public long Start => start;

    /// <summary>Where the next line will begin.</summary>
    public long End => StartOfLast(0);

    /// <param name="lines">0 or more.</param>
    /// <returns>Where the last so many lines begin.</returns>
    public long StartOfLast(int lines)
    {
        using var file = Open();
        if (file is null) return start;
        var buffer = new byte[UsualBuffer];
        var left = lines;
        for (var end = file.Length; end > start;)
        {
            var from = Math.Max(start, end - buffer.Length);
            var block = buffer.AsSpan(0, (int)(end - from));
            file.Position = from;
            block = block[..file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)];
            for (var at = block.LastIndexOf((byte)'\n'); at >= 0; at = block[..at].LastIndexOf((byte)'\n'))
            {
                // The first line feed that is met ends the last line; each one before it begins a line.
                if (left-- == 0) return from + at + 1;
            }

            end = from;
        }

        return start;
    }

    /// <summary>Copies whole lines.</summary>
    /// <param name="from">In bytes, the beginning of a line.</param>
    /// <param name="over">Ends it after what the file holds then; cancelled from the start: no following.</param>
    /// <param name="cancellation">Ends it at once.</param>
    public async Task CopyAsync(long from, Stream target, CancellationToken over, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancellation);
        var buffer = new byte[UsualBuffer];
        while (true)
        {
            var last = over.IsCancellationRequested;
            while (Read(from, ref buffer) is > 0 and var length)
            {
                await target.WriteAsync(buffer.AsMemory(0, length), cancellation);
                await target.FlushAsync(cancellation);
                from += length;
            }

            if (last) return;
            await Task.Delay(Tick, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <returns>How many bytes of whole lines are in <paramref name="buffer"/>, which grows until one line fits.</returns>
    private int Read(long from, ref byte[] buffer)
    {
        using var file = Open();
        if (file is null) return 0;
        while (true)
        {
            file.Position = from;
            var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var end = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (end > 0 || read < buffer.Length) return end;
            buffer = new byte[buffer.Length * 2];
        }
    }

    private FileStream? Open()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (IOException)
        {
            // Not written yet.
            return null;
        }
    }
}
