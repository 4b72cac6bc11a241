using EdgeSimulator.CommandLine;
using EdgeSimulator.Running;
using EdgeSimulator.Terminals;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>The verb <c>credentials</c>.</summary>
public static class CredentialsVerb
{
    /// <param name="notes">For what is no variable: the variables may go to a shell.</param>
    public static async Task<int> RunAsync(
        ControlClient client, string module, CredentialsTarget target, Terminal terminal, TextWriter notes, CancellationToken cancellation)
    {
        var answer = await client.GetCredentialsAsync(module, cancellation);
        var json = (JObject)answer["environment"]!;
        var variables = json.Properties().Select(variable => KeyValuePair.Create(variable.Name, (string)variable.Value!)).ToList();
        if (target.File is { } file)
        {
            Write(file, string.Concat(EnvironmentText.EnvironmentFile(variables).Select(line => line + "\n")));
            terminal.Plain($"Wrote {variables.Count} variables to {Path.GetFullPath(file)}; it holds the module's key.");
        }
        else if (target.AsJson)
        {
            terminal.Raw(new JObject { ["env"] = json }.ToString(Formatting.Indented));
        }
        else
        {
            foreach (var line in EnvironmentText.Exports(variables)) terminal.Raw(line);
        }

        if (answer.Value<bool>("running"))
        {
            await notes.WriteLineAsync(
                $"{module} runs now: stop it first with \"stop {module}\", or the two take over each other's connection and share one state directory.");
        }
        else if (answer.Value<bool>("runsElsewhere"))
        {
            await notes.WriteLineAsync($"{module} is connected, though this simulator does not run it: end that one first.");
        }

        return ExitCodes.Done;
    }

    private static void Write(string file, string text)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var writer = new StreamWriter(file, options);
            writer.Write(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The file {file} (--output) cannot be written: {error.Message}", error);
        }
    }
}

/// <param name="File">Null for standard output.</param>
public sealed record CredentialsTarget(bool AsJson, string? File);
