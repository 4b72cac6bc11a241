using EdgeSimulator.Agent;
using EdgeSimulator.Linting;
using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Linting;

/// <summary>The linter in this repository, with variables that no environment changes.</summary>
internal static class LintRig
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["CONTAINER_REGISTRY_SERVER"] = "localhost:5000",
        ["EDGE_RUNTIME_VERSION"] = "1.6",
    };

    public static string Root { get; } = Workspace.FindRoot(AppContext.BaseDirectory)!;

    /// <summary>The modules as they were built with these tests; what they answer is asked for once.</summary>
    public static IModuleKnowledge Programs { get; } = new ModulePrograms(BuildOutput.Of(AppContext.BaseDirectory));

    public static IModuleKnowledge NothingBuilt { get; } = new ModulePrograms(new BuildOutput("Absent", "net10.0"));

    public static string? Lookup(string name) => Variables.GetValueOrDefault(name);

    public static Task<IReadOnlyList<Finding>> LintAsync(IModuleKnowledge knowledge, params string[] files) => LintAsync(
        [.. files.Select(file => new LintFile(Path.GetFileName(file), File.ReadAllText(file)))], knowledge);

    public static Task<IReadOnlyList<Finding>> LintAsync(LintFile[] files, IModuleKnowledge knowledge) =>
        new Linter(Root, Lookup, knowledge).LintAsync(files, CancellationToken.None);

    /// <summary>Modules that have no inputs and outputs, and take all settings.</summary>
    internal sealed class Anything : IModuleKnowledge
    {
        public Task<Answer<ModuleDescription>> DescribeAsync(KnownModule module, CancellationToken cancellation) =>
            Task.FromResult(new Answer<ModuleDescription>(new ModuleDescription([], [], []), null));

        public Task<Answer<IReadOnlyList<RefusedSetting>>> CheckAsync(KnownModule module, JObject desired, CancellationToken cancellation) =>
            Task.FromResult(new Answer<IReadOnlyList<RefusedSetting>>([], null));
    }
}
