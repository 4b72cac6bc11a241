namespace EdgeModules.Inference.Models;

/// <summary>A part of a file from elsewhere.</summary>
/// <param name="Offset">Where <paramref name="Content"/> begins: 0 when the server sends the whole whatever was asked.</param>
/// <param name="TotalBytes">Of the whole file; null when the server does not say.</param>
public sealed record RemotePart(long Offset, long? TotalBytes, Stream Content) : IDisposable
{
    public void Dispose() => Content.Dispose();
}

public interface IRemoteFiles
{
    /// <param name="offset">From here on, if the server can.</param>
    /// <exception cref="IOException">It cannot be had now.</exception>
    Task<RemotePart> OpenAsync(Uri uri, long offset, CancellationToken cancellation);
}

/// <summary>It cannot be had, however often it is tried.</summary>
public sealed class ModelFetchException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>How far one download is; for any thread.</summary>
/// <param name="troubled">Called when a try has failed.</param>
public sealed class DownloadProgress(Action? troubled = null)
{
    private long _bytes;
    private volatile string? _trouble;

    /// <summary>That have come so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Why the last try failed, while the download waits for the next one; else null.</summary>
    public string? Trouble => _trouble;

    internal void Came(long bytes)
    {
        Volatile.Write(ref _bytes, bytes);
        _trouble = null;
    }

    internal void Failed(long bytes, string trouble)
    {
        Volatile.Write(ref _bytes, bytes);
        _trouble = trouble;
        troubled?.Invoke();
    }
}

/// <summary>Brings a model's file into the store: over https with what came already kept, from the mounted folder, or from the twin.</summary>
/// <param name="mountedFolder">Null when none is mounted.</param>
public sealed class ModelFetcher(ModelStore store, IRemoteFiles remote, string? mountedFolder, TimeProvider time)
{
    private const int BufferBytes = 64 << 10;

    /// <summary>A connection over which nothing has come for so long is dead.</summary>
    private static readonly TimeSpan StallTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Ends when the file is there whole; what it holds has not been looked at.</summary>
    /// <param name="limit">From now on, with all retries.</param>
    /// <exception cref="ModelFetchException">The time is up, or trying again would not help.</exception>
    public async Task FetchAsync(ModelSource source, long maxBytes, TimeSpan limit, DownloadProgress progress, CancellationToken cancellation)
    {
        var sha256 = source.Sha256!;
        progress.Came(store.PartLength(sha256));
        if (store.Has(sha256)) return;
        if (source.SizeBytes > maxBytes) throw new ModelFetchException($"sizeBytes is {source.SizeBytes}; it must be at most maxModelBytes ({maxBytes}).");
        var (job, start) = (new Job(source, maxBytes, progress), time.GetTimestamp());
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var before = progress.Bytes;
            try
            {
                await FetchOnceAsync(job, cancellation);
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A connection may break of being given up.
                cancellation.ThrowIfCancellationRequested();
                progress.Failed(store.PartLength(sha256), error.Message);
                // A download that moved on was alive: the next trouble begins with a short pause again.
                if (progress.Bytes > before) pause = FirstPause;
                if (time.GetElapsedTime(start) + pause > limit)
                    throw new ModelFetchException($"The model could not be had within {limit.TotalHours:0.##} hours; the last trouble: {error.Message}", error);
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    private sealed record Job(ModelSource Source, long MaxBytes, DownloadProgress Progress);

    private async Task FetchOnceAsync(Job job, CancellationToken cancellation)
    {
        var source = job.Source;
        if (source.Data is { } data)
        {
            await TakeAsync(job, new RemotePart(0, null, new MemoryStream(Convert.FromBase64String(data))), cancellation);
        }
        else if (source.File is { } file)
        {
            await TakeAsync(job, new RemotePart(0, null, MountedFile.Open(mountedFolder, file)), cancellation);
        }
        else
        {
            var offset = store.PartLength(source.Sha256!);
            // One that is whole but was not yet looked at when the process ended; asking for what is behind its end would be refused.
            if (offset > 0 && offset == source.SizeBytes) return;
            await TakeAsync(job, await remote.OpenAsync(source.Url!.Uri, offset, cancellation), cancellation);
        }
    }

    private async Task TakeAsync(Job job, RemotePart part, CancellationToken cancellation)
    {
        using var _ = part;
        var (source, maxBytes) = (job.Source, job.MaxBytes);
        var have = store.PartLength(source.Sha256!);
        if (part.Offset != have)
        {
            store.DeletePart(source.Sha256!);
            if (part.Offset != 0) throw new IOException($"The server sent from byte {part.Offset} when it was asked for byte {have}.");
            have = 0;
        }

        var expected = source.SizeBytes ?? part.TotalBytes;
        if (part.TotalBytes > maxBytes) throw Refuse(source, $"The file has {part.TotalBytes} bytes; it must have at most maxModelBytes ({maxBytes}).");
        have = await CopyAsync(job, part.Content, have, Math.Min(maxBytes, expected ?? maxBytes), cancellation);
        if (have < expected) throw new IOException($"The connection ended after {have} of {expected} bytes.");
    }

    private async Task<long> CopyAsync(Job job, Stream content, long have, long most, CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        await using var target = OpenPart(job.Source);
        int read;
        while ((read = await ReadAsync(content, buffer, cancellation)) > 0)
        {
            if (have + read > most)
            {
                await target.DisposeAsync();
                throw Refuse(job.Source, $"The file has more than {most} bytes, which is what it may have at most.");
            }

            store.WithRoom(() =>
            {
                // Told apart from an earlier part of the same write, so that a repeat adds nothing twice.
                target.SetLength(have);
                target.Position = have;
                target.Write(buffer, 0, read);
                target.Flush();
            });
            have += read;
            job.Progress.Came(have);
        }

        return have;
    }

    private async Task<int> ReadAsync(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var stalled = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), reading, StallTime, Timeout.InfiniteTimeSpan);
        try
        {
            return await content.ReadAsync(buffer, reading.Token);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {StallTime.TotalSeconds} seconds.", error);
        }
    }

    private Stream OpenPart(ModelSource source)
    {
        Stream? target = null;
        store.WithRoom(() => target = store.AppendPart(source.Sha256!));
        return target!;
    }

    private ModelFetchException Refuse(ModelSource source, string why)
    {
        store.DeletePart(source.Sha256!);
        return new ModelFetchException(why);
    }
}
