namespace EdgeSimulator.Tests;

internal static class LinuxProcess
{
    /// <summary>A zombie, which waits for its exit code to be taken, does not live.</summary>
    public static bool Lives(string processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
