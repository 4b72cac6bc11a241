namespace EdgeModules.Hosting.State;

/// <summary>
/// A file of LiteDB. When one cannot be written any more, LiteDB must not see it: its writer thread would wait for itself for ever. So from the first
/// failure on nothing is written to either file, as after a crash, and <see cref="LiteDbCommits"/> tells the store.
/// </summary>
internal sealed class LiteDbStream : Stream
{
    // By LiteDB's page layout: the flag that a page is the last one of a committed transaction. Only pages of the log have it.
    private const int PageBytes = 8192;
    private const int ConfirmedFlag = 18;

    private readonly FileStream _file;
    private readonly LiteDbCommits _commits;
    private long _written;
    private long _flushed;

    /// <param name="path">Made when absent.</param>
    public LiteDbStream(string path, LiteDbCommits commits)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _commits = commits;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_commits.Failure is null) return _file.Read(buffer, offset, count);
        // What was not written cannot be read back; an empty page is one that LiteDB skips.
        buffer.AsSpan(offset, count).Clear();
        Position += count;
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        var end = Position + count;
        Unless(() => _file.Write(buffer, offset, count));
        Position = end;
        if (count != PageBytes || buffer[offset + ConfirmedFlag] == 0) return;
        _written++;
        _commits.AddWritten();
    }

    public override void SetLength(long value) => Unless(() => _file.SetLength(value));

    /// <summary>LiteDB flushes its log whenever no page waits, so several times a commit; the disk is only asked to when a commit is complete.</summary>
    public override void Flush()
    {
        var written = _written;
        if (written > _flushed || _written == 0) Unless(() => _file.Flush(flushToDisk: true));
        _commits.AddDurable(written - _flushed);
        _flushed = written;
    }

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    private void Unless(Action write)
    {
        if (_commits.Failure is not null) return;
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _commits.Fail(error);
        }
    }
}

/// <summary>
/// LiteDB's commit returns when the pages of the log are queued; a thread of its own writes them. This is where the store waits until they are on disk,
/// and learns that they cannot be.
/// </summary>
internal sealed class LiteDbCommits
{
    // Far beyond what a slow card needs; if LiteDB's thread has died, a wait without end would be silent.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly object _lock = new();
    private long _written;
    private long _durable;
    private Exception? _failure;

    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Commits written since the files were opened, on disk or about to be.</summary>
    public long Written => Volatile.Read(ref _written);

    public void AddWritten() => Interlocked.Increment(ref _written);

    public void AddDurable(long commits)
    {
        lock (_lock)
        {
            _durable += commits;
            Monitor.PulseAll(_lock);
        }
    }

    public void Fail(Exception error)
    {
        lock (_lock)
        {
            _failure ??= error;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Returns when more commits are on disk than had been written before.</summary>
    /// <param name="before"><see cref="Written"/> when no page waited.</param>
    /// <exception cref="IOException">They are not, and will not be.</exception>
    public void AwaitMoreThan(long before)
    {
        lock (_lock)
        {
            while (_failure is null && _durable <= before)
            {
                if (!Monitor.Wait(_lock, Patience)) throw new IOException($"LiteDB did not write its log within {Patience.TotalSeconds:0} s.");
            }
        }

        ThrowIfFailed();
    }

    /// <exception cref="IOException">The files cannot be written.</exception>
    public void ThrowIfFailed()
    {
        if (Failure is { } failure) throw new IOException(failure.Message, failure);
    }
}
