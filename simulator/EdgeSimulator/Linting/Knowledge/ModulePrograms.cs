using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using EdgeModules.Messages;
using EdgeSimulator.Agent;
using EdgeSimulator.Processes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Knowledge;

/// <summary>Asks the modules' own programs, as they are built: <c>--describe</c>, <c>--check-settings</c>. Nothing of them runs as a module.</summary>
internal sealed class ModulePrograms(BuildOutput build) : IModuleKnowledge
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A manifest may deploy a module several times, and be looked at in several compositions.
    private readonly ConcurrentDictionary<(string Program, string Verb, string Input), Lazy<Task<Answer<JObject>>>> _answers = new();

    public async Task<Answer<ModuleDescription>> DescribeAsync(KnownModule module, CancellationToken cancellation)
    {
        var (answer, problem) = await AskAsync(module, "--describe", "", cancellation);
        if (answer is null) return Answer<ModuleDescription>.Without(problem!);
        return new Answer<ModuleDescription>(
            new ModuleDescription(Texts(answer, "inputs"), Texts(answer, "outputs"), Texts(answer, "unpromptedOutputs")), null);
    }

    public async Task<Answer<IReadOnlyList<RefusedSetting>>> CheckAsync(KnownModule module, JObject desired, CancellationToken cancellation)
    {
        var (answer, problem) = await AskAsync(module, "--check-settings", desired.ToString(Formatting.None), cancellation);
        if (answer is null) return Answer<IReadOnlyList<RefusedSetting>>.Without(problem!);
        var errors = answer["errors"] as JArray ?? [];
        return new Answer<IReadOnlyList<RefusedSetting>>(
            [.. errors.OfType<JObject>().Select(error => new RefusedSetting((string?)error["path"] ?? "", (string?)error["message"] ?? ""))], null);
    }

    private Task<Answer<JObject>> AskAsync(KnownModule module, string verb, string input, CancellationToken cancellation)
    {
        var file = build.AssemblyIn(module.Folder, module.Name);
        if (!File.Exists(file)) return Task.FromResult(Answer<JObject>.Without($"It is not built ({build.Configuration}, {build.Framework})."));
        return _answers.GetOrAdd(
            (file, verb, input), key => new Lazy<Task<Answer<JObject>>>(() => RunAsync(key.Program, key.Verb, key.Input, cancellation))).Value;
    }

    private static async Task<Answer<JObject>> RunAsync(string program, string verb, string input, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(Patience, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        var command = new ChildCommand(ChildLauncher.DotnetCommand, ["exec", program, verb], Path.GetTempPath(), ModuleEnvironment.OfThisMachine());
        try
        {
            using var process = Process.Start(command.ToStartInfo(command.File, command.Arguments))!;
            try
            {
                return await TalkAsync(process, $"{Path.GetFileName(program)} {verb}", input, stop.Token);
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Answer<JObject>.Without($"{Path.GetFileName(program)} {verb} has not ended within {Patience.TotalSeconds:0} s.");
        }
        catch (Exception error) when (error is Win32Exception or IOException or JsonException)
        {
            return Answer<JObject>.Without($"{Path.GetFileName(program)} {verb} cannot be run: {error.Message}");
        }
    }

    private static async Task<Answer<JObject>> TalkAsync(Process process, string command, string input, CancellationToken stop)
    {
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), stop);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program that does not read has answered, or says why not.
        }

        await process.WaitForExitAsync(stop);
        var (answer, complaint) = (await output, await errors);
        return process.ExitCode is 0 or 1 && JsonText.Parse(answer) is JObject json
            ? new Answer<JObject>(json, null)
            : Answer<JObject>.Without($"{command} ended with {process.ExitCode}: {complaint.Split('\n')[0].Trim()}");
    }

    private static List<string> Texts(JObject answer, string name) =>
        [.. (answer[name] as JArray ?? []).Select(text => (string?)text).OfType<string>()];
}
