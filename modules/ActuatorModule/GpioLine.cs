using System.Globalization;
using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Actuating;

/// <summary>A line of the board: <c>{"chip": 0, "line": 17}</c>, with <c>"activeLow": true</c> when low means on.</summary>
/// <param name="Chip">The number of <c>/dev/gpiochip</c>; 0 to 255.</param>
/// <param name="Line">Its offset on the chip; 0 to 1023.</param>
public sealed record GpioLine(int Chip, int Line, bool ActiveLow) : ISettingValue<GpioLine>
{
    public static GpioLine? FromJson(JToken value, string key, SettingErrors errors)
    {
        const string Must = "{\"chip\": 0 to 255, \"line\": 0 to 1023}, with \"activeLow\" true or false if need be";
        var isObject = value is JObject json && json.Properties().All(property => property.Name is "chip" or "line" or "activeLow");
        if (isObject
            && SettingsBinder.TryReadNumber(value["chip"] ?? JValue.CreateNull(), out var chip) && chip is >= 0 and <= 255 && double.IsInteger(chip)
            && SettingsBinder.TryReadNumber(value["line"] ?? JValue.CreateNull(), out var line) && line is >= 0 and <= 1023 && double.IsInteger(line)
            && value["activeLow"] is null or { Type: JTokenType.Boolean })
        {
            return new GpioLine((int)chip, (int)line, value["activeLow"]?.Value<bool>() ?? false);
        }

        errors.Add(key, value, Must);
        return null;
    }

    public JToken ToJson()
    {
        var json = new JObject { ["chip"] = Chip, ["line"] = Line };
        if (ActiveLow) json["activeLow"] = true;
        return json;
    }

    /// <summary>As it stands in messages and in the twin.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"gpiochip{Chip}/{Line}");
}
