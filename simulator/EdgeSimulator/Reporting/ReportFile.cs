using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Reporting;

/// <summary>The file that <c>--report</c> names.</summary>
internal static class ReportFile
{
    /// <summary>Found out before the work rather than after it.</summary>
    /// <returns>The whole path.</returns>
    /// <exception cref="SimulatorException">Its folder is absent.</exception>
    public static string Check(string file)
    {
        var path = Path.GetFullPath(file);
        return Directory.Exists(Path.GetDirectoryName(path))
            ? path
            : throw new SimulatorException($"The report {path} (--report) cannot be written: its folder is absent.");
    }

    /// <exception cref="SimulatorException">The file cannot be written.</exception>
    public static void Write(string file, JObject report)
    {
        try
        {
            File.WriteAllText(file, report.ToString(Formatting.Indented) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The report {file} cannot be written: {error.Message}", error);
        }
    }
}
