using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeModules.Hosting.Health;

/// <summary>
/// A small file by which a running module tells <c>--health</c>, another process, that it is alive. In shared memory, which every container has even when its
/// root is read-only, and which costs no flash; where there is none, in the temporary folder. The name follows from the environment, which both
/// processes have in common, so several modules on one machine do not meet.
/// </summary>
/// <param name="instance">What tells this module from all others on the machine.</param>
/// <param name="folders">Where it may be, the best first.</param>
public sealed class Heartbeat(string instance, IReadOnlyList<string> folders)
{
    private const string SharedMemory = "/dev/shm";

    private readonly string _name = "edge-module-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)).AsSpan(0, 8));

    /// <summary>The one of this process, or of the module in the same container.</summary>
    public static Heartbeat Of(string instance) =>
        new(instance, Directory.Exists(SharedMemory) ? [SharedMemory, Path.GetTempPath()] : [Path.GetTempPath()]);

    /// <summary>Where it is looked for, as words.</summary>
    public string Places => string.Join(" or ", folders.Select(folder => Path.Combine(folder, _name)));

    /// <returns>Why it could not be written anywhere; null when it was.</returns>
    public string? Write(Beat beat)
    {
        string? cause = null;
        foreach (var folder in folders)
        {
            try
            {
                // A new file takes the place of the old one, so that a reader never sees half, and a link that somebody has laid there is not followed.
                var path = Path.Combine(folder, _name);
                var fresh = $"{path}.new";
                File.Delete(fresh);
                using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write)) file.Write(Encoding.UTF8.GetBytes(beat.ToText()));
                File.Move(fresh, path, overwrite: true);
                return null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                cause = cause is null ? error.Message : $"{cause} {error.Message}";
            }
        }

        return cause;
    }

    /// <returns>The newest; null when there is none that can be read.</returns>
    public Beat? Read()
    {
        Beat? newest = null;
        foreach (var folder in folders)
        {
            try
            {
                if (Beat.Parse(File.ReadAllText(Path.Combine(folder, _name))) is { } beat && (newest is null || beat.Timestamp > newest.Timestamp)) newest = beat;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not there: the other place may have it.
            }
        }

        return newest;
    }

    public void Delete()
    {
        foreach (var folder in folders)
        {
            try
            {
                File.Delete(Path.Combine(folder, _name));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // What cannot be deleted grows old, which says the same.
            }
        }
    }
}

/// <param name="Timestamp">Of the monotonic clock, which all processes of a machine share and nobody sets.</param>
/// <param name="Text">One line for a person.</param>
public sealed record Beat(long Timestamp, bool IsAlive, string Text)
{
    private const string Alive = "alive";
    private const string Hung = "hung";

    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Timestamp} {(IsAlive ? Alive : Hung)} {Text}");

    /// <returns>Null when it is none.</returns>
    public static Beat? Parse(string text)
    {
        var parts = text.Split(' ', 3);
        var isBeat = parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) && parts[1] is Alive or Hung;
        return isBeat ? new Beat(long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1] == Alive, parts[2]) : null;
    }
}
