using EdgeSimulator.Tests.EndToEnd;

namespace Faults.Tests.Suite;

/// <summary>The files of a suite that runs, or has run.</summary>
internal static class SuiteFiles
{
    public static string StateOf(this SuiteProcess suite, string module) => Path.Combine(suite.StateDirectory, "modules", module);

    /// <returns>Empty as long as there is none.</returns>
    public static string LogOf(this SuiteProcess suite, string source)
    {
        var file = Path.Combine(suite.StateDirectory, "logs", source + ".log");
        if (!File.Exists(file)) return "";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
