using EdgeModules.Messages;
using EdgeModules.Models;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <param name="Given">The manifest of a model that has none within.</param>
public sealed record ModelEntry(string Sha256, ModelManifest? Given = null);

/// <summary>How it ended for a candidate.</summary>
/// <param name="IsOffer">It was never run: the file could not be had, or what the settings say of it was wrong. Good until they say something else.</param>
public sealed record PastVerdict(string Sha256, SwapPhase Phase, DateTimeOffset At, string Reason, bool IsOffer = false);

/// <summary>What a restart must know of the models: a small document, replaced whole. Its replacement is the moment of the swap.</summary>
public sealed record ModelJournal
{
    public const int MaxVerdicts = 32;
    private const int MaxCommands = 16;
    private const int MaxReason = 500;
    private const int Format = 1;

    public static ModelJournal Empty { get; } = new();

    public ModelEntry? Active { get; init; }

    /// <summary>The model before the active one.</summary>
    public ModelEntry? Previous { get; init; }

    public ModelEntry? Candidate { get; init; }

    /// <summary>The sha of the candidate that a person approved.</summary>
    public string? Approved { get; init; }

    /// <summary>Of the candidate; with <see cref="SwapPhase.Probation"/> of the active model.</summary>
    public SwapPhase Phase { get; init; }

    /// <summary>Why the phase is what it is; empty when that needs no saying.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Starts in probation that did not yet live long enough to count as good.</summary>
    public int ProbationBoots { get; init; }

    /// <summary>Loads begun and not ended, by sha: what a native crash leaves.</summary>
    public IReadOnlyDictionary<string, int> LoadsBegun { get; init; } = new Dictionary<string, int>();

    /// <summary>The newest last.</summary>
    public IReadOnlyList<PastVerdict> Verdicts { get; init; } = [];

    /// <summary>Ids of commands that have been carried out, the newest last.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Files that must stay whatever the disk says.</summary>
    public IEnumerable<string> Kept => new[] { Active, Previous }.OfType<ModelEntry>().Select(entry => entry.Sha256);

    public PastVerdict? VerdictOn(string sha256) => Verdicts.LastOrDefault(verdict => verdict.Sha256 == sha256);

    public int LoadsBegunOf(string sha256) => LoadsBegun.GetValueOrDefault(sha256);

    public ModelJournal WithLoadBegun(string sha256) =>
        this with { LoadsBegun = new Dictionary<string, int>(LoadsBegun) { [sha256] = LoadsBegunOf(sha256) + 1 } };

    public ModelJournal WithLoadEnded(string sha256) => this with { LoadsBegun = LoadsBegun.Where(load => load.Key != sha256).ToDictionary() };

    public ModelJournal WithVerdict(PastVerdict verdict) => WithoutVerdict(verdict.Sha256) with
    {
        Verdicts = [.. Verdicts.Where(past => past.Sha256 != verdict.Sha256).TakeLast(MaxVerdicts - 1), verdict with { Reason = Shorten(verdict.Reason) }],
    };

    public ModelJournal WithoutVerdict(string sha256) => this with { Verdicts = [.. Verdicts.Where(past => past.Sha256 != sha256)] };

    public ModelJournal WithoutOffers() =>
        Verdicts.Any(verdict => verdict.IsOffer) ? this with { Verdicts = [.. Verdicts.Where(verdict => !verdict.IsOffer)] } : this;

    public ModelJournal WithCommand(string id) => this with { Commands = [.. Commands.TakeLast(MaxCommands - 1), id] };

    public byte[] ToUtf8() => JsonText.ToUtf8(new JObject
    {
        ["format"] = Format,
        ["active"] = ToJson(Active),
        ["previous"] = ToJson(Previous),
        ["candidate"] = ToJson(Candidate),
        ["approved"] = Approved,
        ["phase"] = Phase.ToString(),
        ["reason"] = Shorten(Reason),
        ["probationBoots"] = ProbationBoots,
        ["loadsBegun"] = JObject.FromObject(LoadsBegun),
        ["verdicts"] = new JArray(Verdicts.Select(verdict => new JObject
        {
            ["sha256"] = verdict.Sha256, ["phase"] = verdict.Phase.ToString(), ["at"] = verdict.At.ToUnixTimeMilliseconds(), ["reason"] = verdict.Reason,
            ["offer"] = verdict.IsOffer,
        })),
        ["commands"] = new JArray(Commands),
    });

    /// <exception cref="FormatException">The document is not a journal of this version.</exception>
    public static ModelJournal Read(byte[] utf8)
    {
        try
        {
            var json = JsonText.ParseObject(utf8);
            if (json.Value<int?>("format") != Format) throw new FormatException($"format is {json["format"] ?? "absent"}; it must be {Format}.");
            return new ModelJournal
            {
                Active = EntryOf(json["active"]),
                Previous = EntryOf(json["previous"]),
                Candidate = EntryOf(json["candidate"]),
                Approved = json.Value<string>("approved"),
                Phase = Enum.Parse<SwapPhase>(json.Value<string>("phase") ?? ""),
                Reason = json.Value<string>("reason") ?? "",
                ProbationBoots = json.Value<int>("probationBoots"),
                LoadsBegun = json["loadsBegun"]?.ToObject<Dictionary<string, int>>() ?? [],
                Verdicts = [.. (json["verdicts"] as JArray ?? []).OfType<JObject>().Select(VerdictOf)],
                Commands = [.. (json["commands"] as JArray ?? []).Values<string>().OfType<string>()],
            };
        }
        catch (Exception error) when (error is JsonException or ArgumentException or ModelFormatException or InvalidCastException or OverflowException)
        {
            throw new FormatException($"The journal of the models cannot be read. {error.Message}", error);
        }
    }

    private static JToken ToJson(ModelEntry? entry) => entry is null
        ? JValue.CreateNull()
        : new JObject { ["sha256"] = entry.Sha256, ["manifest"] = entry.Given is null ? null : JToken.Parse(entry.Given.ToJson()) };

    private static ModelEntry? EntryOf(JToken? json)
    {
        if (json is not JObject entry) return null;
        var sha256 = entry.Value<string>("sha256");
        if (!ModelHash.IsHex(sha256)) throw new FormatException($"sha256 is \"{sha256}\"; it must be 64 lower-case hexadecimal digits.");
        return new ModelEntry(sha256!, entry["manifest"] is JObject manifest ? ModelManifest.Read(manifest) : null);
    }

    private static PastVerdict VerdictOf(JObject json) => new(
        json.Value<string>("sha256") ?? "", Enum.Parse<SwapPhase>(json.Value<string>("phase") ?? ""),
        DateTimeOffset.FromUnixTimeMilliseconds(json.Value<long>("at")), json.Value<string>("reason") ?? "",
        json.Value<bool>("offer"));

    private static string Shorten(string text) => text.Length <= MaxReason ? text : text[..MaxReason] + "…";
}
