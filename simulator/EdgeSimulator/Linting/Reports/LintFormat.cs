namespace EdgeSimulator.Linting.Reports;

internal enum LintFormat
{
    Text,
    Json,
    Sarif,
}

internal static class LintReport
{
    /// <param name="root">Folder of the solution: SARIF names files from there.</param>
    /// <param name="directory">The names of files in findings start here.</param>
    public static string Write(LintFormat format, IReadOnlyList<Finding> findings, int files, string root, string directory) => format switch
    {
        LintFormat.Json => JsonReport.Write(findings),
        LintFormat.Sarif => SarifReport.Write(findings, root, directory),
        _ => TextReport.Write(findings, files),
    };
}
