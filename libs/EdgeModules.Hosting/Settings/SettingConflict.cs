using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>The desired value of a path changed after a local value had been set over it: both, and which is in force since then.</summary>
/// <param name="Desired">The new one; null for none.</param>
/// <param name="Winner">One of <see cref="Cloud"/>, <see cref="Edge"/> and <see cref="Both"/>.</param>
/// <param name="Why">What the strategy alone does not say; empty for nothing.</param>
internal sealed record SettingConflict(LocalValue Local, JToken? Desired, long Version, LocalStrategy Strategy, string Winner, string Why = "")
{
    public const string Cloud = "desired";
    public const string Edge = "local";

    /// <summary>Keys of both are in force.</summary>
    public const string Both = "merged";

    private const int MostShown = 256;

    /// <summary>A twin takes ten levels, of which the report has four around a value.</summary>
    private const int MostDepth = 5;

    public SettingPath Path => Local.Path;

    public JObject ToJson()
    {
        var json = new JObject { ["path"] = Path.Text, ["winner"] = Winner, ["strategy"] = LocalPolicy.NameOf(Strategy), ["version"] = Version };
        // Null would be no member at all in a twin.
        if (Desired is not null) json["desired"] = Redaction.Of(Desired);
        json["local"] = Redaction.Of(Local.Value);
        json["localVersion"] = Local.Version;
        json["localTime"] = Local.Time;
        json["localSource"] = Local.Source;
        if (Why.Length > 0) json["why"] = Why;
        return json;
    }

    /// <summary>The same with what an operator needs to see of it: what is reported is saved too, and must stay small.</summary>
    public SettingConflict ForReport() => this with
    {
        Local = Local with { Value = Bounded(Local.Value), Over = Local.Over with { Value = null } },
        Desired = Desired is null ? null : Bounded(Desired),
        Why = Shorten(Why),
    };

    /// <summary>Whole when it is small and a twin takes it within an array, else the beginning of its text.</summary>
    private static JToken Bounded(JToken value)
    {
        value = Redaction.Of(value);
        var text = value.ToString(Formatting.None);
        var values = value is JContainer container ? container.DescendantsAndSelf() : [value];
        var isTaken = values.All(each => each.Type != JTokenType.Null && each.Ancestors().TakeWhile(above => above != value.Parent).Count() <= 2 * MostDepth);
        return text.Length <= MostShown && isTaken ? value.DeepClone() : Shorten(text);
    }

    internal static string Shorten(string text, int most = MostShown) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";
}
