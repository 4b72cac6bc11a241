using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Knowledge;

/// <summary>What modules of this solution say of themselves.</summary>
internal interface IModuleKnowledge
{
    /// <summary>What can be connected to the module.</summary>
    Task<Answer<ModuleDescription>> DescribeAsync(KnownModule module, CancellationToken cancellation);

    /// <summary>What the module would refuse the settings for.</summary>
    Task<Answer<IReadOnlyList<RefusedSetting>>> CheckAsync(KnownModule module, JObject desired, CancellationToken cancellation);
}

/// <param name="Problem">Why there is no value; a sentence.</param>
internal readonly record struct Answer<T>(T? Value, string? Problem)
    where T : class
{
    public static Answer<T> Without(string problem) => new(null, problem);
}

/// <param name="UnpromptedOutputs">Those that no message on an input leads to.</param>
internal sealed record ModuleDescription(IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<string> UnpromptedOutputs);

/// <param name="Path">Dotted, from the root of the desired properties.</param>
/// <param name="Message">A sentence that names the path.</param>
internal sealed record RefusedSetting(string Path, string Message);
