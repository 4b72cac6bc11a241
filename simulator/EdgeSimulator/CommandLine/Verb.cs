using System.CommandLine;

namespace EdgeSimulator.CommandLine;

/// <summary>A verb, with examples for its help.</summary>
/// <param name="examples">Whole command lines without the program; what follows two blanks and # says what it does.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}
