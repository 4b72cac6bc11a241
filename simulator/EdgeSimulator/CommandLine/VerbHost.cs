using System.CommandLine;
using EdgeSimulator.Control;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.CommandLine;

/// <summary>What the verbs share: where they print, where they read, and how they reach the running simulator.</summary>
/// <param name="Notes">Standard error: what is no result.</param>
/// <param name="OpenInput">Standard input.</param>
internal sealed record VerbHost(Terminal Terminal, TextWriter Notes, Func<Stream> OpenInput, TimeProvider Clock, Option<int> ApiPort)
{
    public static Argument<string> ModuleArgument() => new("MODULE") { Description = "Name of the module in the manifest" };

    public static Option<bool> JsonOption(string description) => new("--json") { Description = description };

    /// <summary>Makes the verb one that calls the running simulator.</summary>
    public Verb Calling(Verb verb, Func<ControlClient, ParseResult, CancellationToken, Task<int>> call)
    {
        verb.Options.Add(ApiPort);
        verb.SetAction(async (result, cancellation) =>
        {
            using var client = new ControlClient(result.GetValue(ApiPort), Clock);
            return await call(client, result, cancellation);
        });
        return verb;
    }

    public async Task<byte[]> ReadInputAsync(string what, CancellationToken cancellation)
    {
        if (!Console.IsInputRedirected) await Notes.WriteLineAsync($"Reading {what} from standard input; Ctrl+D ends it.");
        await using var input = OpenInput();
        using var whole = new MemoryStream();
        await input.CopyToAsync(whole, cancellation);
        return whole.ToArray();
    }
}
