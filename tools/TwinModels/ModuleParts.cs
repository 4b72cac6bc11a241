using Newtonsoft.Json.Linq;

namespace EdgeModules.TwinModels;

/// <summary>
/// What a module says and answers, beside its settings. Names come from the module itself; the shapes are told here, and every scenario of every module holds
/// what it sees against them.
/// </summary>
internal sealed record ModuleParts(Type Module, Type Settings)
{
    public IReadOnlyList<OutputPart> Outputs { get; init; } = [];

    /// <summary>Reported properties of the module's own.</summary>
    public IReadOnlyList<ReportedPart> Reported { get; init; } = [];

    /// <summary>Direct methods of the module's own.</summary>
    public IReadOnlyList<CommandPart> Commands { get; init; } = [];
}

/// <param name="Schema">Of a message's body.</param>
/// <param name="Telemetry">Its name in the model, where that of the output is taken; null for that of the output.</param>
internal sealed record OutputPart(string Name, JToken Schema, string Description, string? Telemetry = null);

internal sealed record ReportedPart(string Name, JToken Schema, string Description, string? Comment = null);

/// <param name="Request">Null for none.</param>
/// <param name="Response">Of status 200.</param>
/// <param name="RequestComment">Where the payload may have another form, or be left out.</param>
internal sealed record CommandPart(string Name, JToken? Request, JToken Response, string Description, string? RequestComment = null);
