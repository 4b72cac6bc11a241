using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Filtering;

/// <summary>How far a metric must move to count as changed: <c>0.5</c> in its own unit, or <c>{"percent": 2}</c> of the value last forwarded.</summary>
public sealed record Deadband(double Width, bool IsPercent) : ISettingValue<Deadband>
{
    // 21.1 − 20.6 is a little less than 0.5 in binary, 20.6 − 20.1 a little more: a move of exactly the band must not depend on that.
    private const double Rounding = 1e-9;

    /// <returns>True when <paramref name="value"/> is further from <paramref name="last"/> than the band is wide.</returns>
    public bool IsLeftBy(double value, double last)
    {
        var band = IsPercent ? Width / 100 * Math.Abs(last) : Width;
        return Math.Abs(value - last) > band + Rounding * Math.Max(Math.Abs(value), Math.Abs(last)) * (band > 0 ? 1 : 0);
    }

    public static Deadband? FromJson(JToken value, string key, SettingErrors errors)
    {
        const string Must = "a number of 0 or more, or {\"percent\": number of 0 or more}";
        var isPercent = value is JObject { Count: 1 } json && json["percent"] is not null;
        var number = isPercent ? value["percent"]! : value;
        if (SettingsBinder.TryReadNumber(number, out var width) && width is >= 0 and < double.PositiveInfinity) return new Deadband(width, isPercent);
        errors.Add(key, value, Must);
        return null;
    }

    public JToken ToJson() => IsPercent ? new JObject { ["percent"] = Width } : new JValue(Width);
}
