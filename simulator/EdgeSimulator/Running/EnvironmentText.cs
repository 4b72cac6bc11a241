namespace EdgeSimulator.Running;

/// <summary>Environment variables as the tools read them.</summary>
public static class EnvironmentText
{
    /// <summary>For a POSIX shell.</summary>
    public static IEnumerable<string> Exports(IEnumerable<KeyValuePair<string, string>> variables) =>
        variables.Select(variable => $"export {variable.Key}='{variable.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'");

    /// <summary>A <c>.env</c> file, as editors and container engines read it: without quotes, which some of them would take for part of the value.</summary>
    /// <exception cref="SimulatorException">A value does not fit on a line.</exception>
    public static IEnumerable<string> EnvironmentFile(IEnumerable<KeyValuePair<string, string>> variables) =>
        variables.Select(variable => variable.Value.AsSpan().ContainsAny('\n', '\r')
            ? throw new SimulatorException($"The value of {variable.Key} has more than one line, which an environment file cannot hold.")
            : $"{variable.Key}={variable.Value}");
}
