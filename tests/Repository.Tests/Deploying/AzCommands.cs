using System.Text.RegularExpressions;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests.Deploying;

/// <summary>Finds the calls of the Azure CLI in a text, and what it would not take of them.</summary>
internal static partial class AzCommands
{
    private static readonly string[] Everywhere = ["--query", "--output", "-o"];

    /// <summary>As the <c>--help</c> of each command has them: azure-cli 2.45 with the extension azure-iot 0.25.</summary>
    private static readonly Dictionary<string, HashSet<string>> Known = ((JObject)JsonText.Parse(RepositoryFiles.Read("tests/Repository.Tests/Deploying/az-options.json")))
        .Properties().ToDictionary(command => command.Name, command => command.Value.Values<string>().OfType<string>().ToHashSet());

    public static IEnumerable<string> MistakesIn(string text) => Calls(text).SelectMany(MistakesOf);

    public static IReadOnlyList<string> Calls(string text)
    {
        var lines = text.Replace("\\\n", " ", StringComparison.Ordinal);
        return [.. Call().Matches(Quoted().Replace(lines, "Q")).Select(match => match.Groups["call"].Value.Trim())];
    }

    private static IEnumerable<string> MistakesOf(string call)
    {
        var words = call.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var command = string.Join(' ', words.TakeWhile(word => CommandWord().IsMatch(word)));
        if (!Known.TryGetValue(command, out var options))
        {
            yield return $"az {command} is no command, or not in az-options.json";
            yield break;
        }

        foreach (var option in words.Where(word => word.StartsWith('-') && !options.Contains(word) && !Everywhere.Contains(word)))
            yield return $"az {command} has no option {option}";
    }

    [GeneratedRegex(@"'[^']*'|""(?:[^""\\]|\\.)*""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<![\w./-])az (?<call>[a-z][^\n|;)<&#`]*)")]
    private static partial Regex Call();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex CommandWord();
}
