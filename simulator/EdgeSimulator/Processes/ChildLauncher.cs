using System.ComponentModel;
using System.Diagnostics;

namespace EdgeSimulator.Processes;

public static class ChildLauncher
{
    public static IChildLauncher Create() => OperatingSystem.IsWindows() ? new WindowsChildLauncher() : new UnixChildLauncher();

    /// <summary>The <c>dotnet</c> command of the runtime that runs this process.</summary>
    public static string DotnetCommand { get; } = FindDotnet();

    internal static Process StartOrExplain(ProcessStartInfo start, ChildCommand command)
    {
        try
        {
            var child = Process.Start(start)!;
            child.StandardInput.Close();
            return child;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            throw new SimulatorException($"{command.File} cannot be started: {error.Message}", error);
        }
    }

    private static string FindDotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        // <dotnet>/shared/Microsoft.NETCore.App/<version>/
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
        var command = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name));
        return File.Exists(command) ? command : name;
    }
}
