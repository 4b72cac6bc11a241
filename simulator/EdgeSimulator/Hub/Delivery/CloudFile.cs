using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>What reached the cloud, as JSON lines in a file. One writer, not thread-safe.</summary>
internal sealed class CloudFile : IDisposable
{
    private readonly FileStream _file;
    private readonly string _deviceId;
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);

    /// <exception cref="SimulatorException">The file cannot be opened for writing.</exception>
    public CloudFile(string path, string deviceId)
    {
        _deviceId = deviceId;
        Id = BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path))));
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The cloud file {path} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Tells this file from another.</summary>
    public long Id { get; }

    public long Length => _file.Length;

    /// <summary>Appends all or nothing; the operating system has it when this returns.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Append(IReadOnlyList<CloudArrival> messages, DateTimeOffset now)
    {
        var before = _file.Length;
        _buffer.ResetWrittenCount();
        foreach (var message in messages) CloudLine.Write(_buffer, _deviceId, message, now);
        try
        {
            _file.Position = before;
            _file.Write(_buffer.WrittenSpan);
            _file.Flush();
        }
        catch (IOException)
        {
            _file.SetLength(before);
            throw;
        }
    }

    /// <summary>
    /// Finds what an earlier process appended after its last checkpoint, so that it is not sent twice: lines from <paramref name="checkpoint"/> on
    /// that say what the first messages of one queue say, in their order; what could not be sent with them is between them. Cuts off a line that the process
    /// did not end.
    /// </summary>
    /// <param name="queues">The first messages of each queue; none is empty.</param>
    /// <returns>The messages of one queue that the file holds.</returns>
    public IReadOnlyList<CloudArrival> Recover(long checkpoint, IReadOnlyList<IReadOnlyList<QueuedMessage>> queues)
    {
        if (checkpoint > _file.Length) return [];
        // What was appended at once was of one queue.
        var found = queues.Select(queue => FindLines(checkpoint, queue)).FirstOrDefault(lines => lines.Count > 0) ?? [];
        EndLastLine();
        return found;
    }

    public void Dispose() => _file.Dispose();

    private List<CloudArrival> FindLines(long checkpoint, IReadOnlyList<QueuedMessage> queued)
    {
        var found = new List<CloudArrival>();
        _file.Position = checkpoint;
        foreach (var arrival in queued.Select(CloudArrival.Of))
        {
            _buffer.ResetWrittenCount();
            CloudLine.Write(_buffer, _deviceId, arrival, DateTimeOffset.UnixEpoch);
            var start = _file.Position;
            var lines = new byte[_buffer.WrittenCount];
            var read = _file.ReadAtLeast(lines, lines.Length, throwOnEndOfStream: false);
            if (!SaysTheSame(lines.AsSpan(0, read), _buffer.WrittenSpan))
            {
                _file.Position = start;
                continue;
            }

            if (read < lines.Length)
            {
                _file.SetLength(start);
                break;
            }

            found.Add(arrival);
        }

        return found;
    }

    /// <summary>Whether it is the beginning of what was expected, but for the times, and tells more than a time.</summary>
    private static bool SaysTheSame(ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected)
    {
        if (found.Length <= CloudLine.TimeEnd) return false;
        while (found.Length > CloudLine.TimeEnd)
        {
            var end = expected.IndexOf((byte)'\n') + 1;
            var length = Math.Min(end, found.Length);
            if (!found[CloudLine.TimeEnd..length].SequenceEqual(expected[CloudLine.TimeEnd..length])) return false;
            found = found[length..];
            expected = expected[end..];
        }

        return true;
    }

    private void EndLastLine()
    {
        if (_file.Length == 0) return;
        _file.Position = _file.Length - 1;
        if (_file.ReadByte() != '\n') _file.Write("\n"u8);
    }
}
