using System.Diagnostics;

namespace Faults.Tests.Suite;

/// <summary>A small file system of its own, which root may mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    private string Filler => Path.Combine(_path, "filler");

    /// <param name="path">A folder; made when absent. The test is skipped where nothing can be mounted.</param>
    public static SmallDisk Mount(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        Skip.IfNot(
            OperatingSystem.IsLinux() && TryRun("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path),
            "A file system cannot be mounted here: that takes Linux and root.");
        return new SmallDisk(path);
    }

    /// <summary>Puts a file there that takes what there is, but for so much.</summary>
    public void FillTo(int megabytesLeft)
    {
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (new DriveInfo(_path).AvailableFreeSpace > megabytesLeft * 1_000_000L) filler.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose() => TryRun("umount", "--lazy", _path);

    private static bool TryRun(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
