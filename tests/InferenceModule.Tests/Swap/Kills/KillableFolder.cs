using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>Where in a change of the disk the process is killed.</summary>
public enum KillMoment
{
    Before,

    /// <summary>A part of what is to be written is there.</summary>
    Within,
    After,
}

/// <summary>
/// The folder of models of a process that is killed at one of its changes: what is there then is kept, and nothing that follows has any effect.
/// </summary>
internal sealed class KillableFolder(TemporaryFolder disk) : IFileFolder
{
    private readonly Lock _lock = new();
    private readonly FileFolder _inner = new(disk.Path);

    /// <summary>The number of the change, counted from 1; null for none.</summary>
    public (int Number, KillMoment Moment)? KillAt { get; init; }

    /// <summary>What the next process finds; null while this one lives.</summary>
    public TemporaryFolder? Left { get; private set; }

    /// <summary>Changes made so far: what is done, and with which content.</summary>
    public List<(string What, byte[] Content)> Changes { get; } = [];

    /// <summary>Kills the process between two changes.</summary>
    public void Kill()
    {
        lock (_lock) Left ??= disk.Copy();
    }

    public long FreeBytes => Alive(() => _inner.FreeBytes);

    public IReadOnlyList<string> List() => Alive(() => _inner.List());

    public byte[]? Read(string name) => Alive(() => _inner.Read(name));

    public long? LengthOf(string name) => Alive(() => _inner.LengthOf(name));

    public Stream Append(string name) => Alive(() => new KillableStream(this, name, _inner.Append(name)));

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        var bytes = content.ToArray();
        // The new content is written beside the old one first.
        Change($"replace {name}", bytes, () => _inner.Replace(name, bytes), () => File.WriteAllBytes(disk.File($"{name}.new"), bytes[..(bytes.Length / 2)]));
    }

    public void Commit(string from, string to) => Change($"commit {to}", [], () => _inner.Commit(from, to), () => { });

    public void Delete(string name) => Change($"delete {name}", [], () => _inner.Delete(name), () => { });

    private T Alive<T>(Func<T> look)
    {
        lock (_lock) return Left is null ? look() : throw new SimulatedCrashException();
    }

    private void Change(string what, byte[] content, Action whole, Action part)
    {
        lock (_lock)
        {
            if (Left is not null) throw new SimulatedCrashException();
            Changes.Add((what, content));
            var moment = KillAt?.Number == Changes.Count ? KillAt?.Moment : null;
            if (moment is not KillMoment.Before and not KillMoment.Within) whole();
            if (moment is KillMoment.Within) part();
            if (moment is null) return;
            Left = disk.Copy();
            throw new SimulatedCrashException();
        }
    }

    private sealed class KillableStream(KillableFolder folder, string name, Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            folder.Change($"append {name}", [], () => Append(count), () => Append(count / 2));

            void Append(int some)
            {
                inner.Write(buffer, offset, some);
                inner.Flush();
            }
        }

        public override void SetLength(long value) => inner.SetLength(value);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
