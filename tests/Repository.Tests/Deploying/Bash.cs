using System.Diagnostics;

namespace EdgeModules.Repository.Tests.Deploying;

internal static class Bash
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="SkipException">A program is not on this machine.</exception>
    public static void Require(params string[] programs)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        foreach (var program in programs) Skip.IfNot(folders.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not on this machine.");
    }

    /// <param name="variables">Over those of this process.</param>
    /// <returns>The exit code, and what was written to either output.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo("bash", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var time = new CancellationTokenSource(Patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(time.Token), process.StandardError.ReadToEndAsync(time.Token));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <returns>What is wrong with the grammar of a script; empty when nothing is.</returns>
    public static async Task<string> MistakesInAsync(string script)
    {
        var (exitCode, output) = await RunAsync(["-n"], script);
        return exitCode == 0 ? "" : output;
    }
}
