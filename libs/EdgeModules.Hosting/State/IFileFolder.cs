namespace EdgeModules.Hosting.State;

/// <summary>A folder of files that are too large for the store of the state; all calls throw <see cref="IOException"/> when the disk refuses.</summary>
public interface IFileFolder
{
    IReadOnlyList<string> List();

    /// <returns>Null when there is no such file.</returns>
    byte[]? Read(string name);

    /// <returns>Null when there is no such file.</returns>
    long? LengthOf(string name);

    /// <summary>For writing at its end; made when absent. Can be cut off and gone back in.</summary>
    Stream Append(string name);

    /// <summary>Puts a file in place whole or not at all: whatever happens, the name holds the old content or the new.</summary>
    void Replace(string name, ReadOnlySpan<byte> content);

    /// <summary>A file that is complete gets its name; its content is on the disk before.</summary>
    void Commit(string from, string to);

    void Delete(string name);

    /// <summary>What the disk has left for this module; <see cref="long.MaxValue"/> when it does not say.</summary>
    long FreeBytes { get; }
}
