using System.Globalization;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting;

/// <summary>A model's score of a device: <c>{"deviceId", "timestamp", "zone"?, "model"?, "score"}</c> and more that is not looked at; higher is stranger.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
internal sealed record ScoreItem(string DeviceId, string? Zone, string? Model, long Timestamp, double Score)
{
    /// <param name="index">Of the item in its message.</param>
    /// <returns>The score, or why it cannot be used.</returns>
    public static (ScoreItem? Score, RejectedItem? Rejected) Read(JObject item, int index)
    {
        foreach (var name in (string[])["deviceId", "timestamp", "score"])
        {
            if (item[name] is null or { Type: JTokenType.Null }) return Reject(InvalidReasons.MissingProperty, name, $"There is no {name}; a score must have one.");
        }

        foreach (var name in (string[])["deviceId", "zone", "model"])
        {
            var value = name == "model" ? ModelOf(item) : item[name];
            if (value is null or { Type: JTokenType.Null }) continue;
            if (value is not JValue { Value: string text }) return Reject(InvalidReasons.WrongType, name, $"{name} is no string; it must be one.");
            if (text.Length is < 1 or > MessageLimits.NameCharacters) return Reject(InvalidReasons.WrongLength, name, $"{name} has {text.Length} characters; it must have 1 to 128.");
        }

        if (ReadTimestamp(item["timestamp"]!) is not { } timestamp)
            return Reject(InvalidReasons.UnreadableTimestamp, "timestamp", "timestamp must be whole Unix milliseconds or ISO-8601, in the years 1 to 9999.");
        if (item["score"] is JValue { Value: string } || !SettingsBinder.TryReadNumber(item["score"]!, out var score))
            return Reject(InvalidReasons.WrongType, "score", "score is no number; it must be one.");
        if (!double.IsFinite(score)) return Reject(InvalidReasons.NonFinite, "score", "score must be a finite number.");
        return (new ScoreItem(item.Value<string>("deviceId")!, item.Value<string?>("zone"), ModelOf(item)?.Value<string?>(), timestamp, score), null);

        (ScoreItem? Score, RejectedItem? Rejected) Reject(string reason, string property, string error) => (null, new RejectedItem(index, reason, property, error));
    }

    /// <summary>A name, or an object that has it: <c>{"name", "version", "sha256"}</c>.</summary>
    private static JToken? ModelOf(JObject item) => item["model"] is JObject model ? model["name"] : item["model"];

    private static long? ReadTimestamp(JToken token)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (token is JValue { Value: string text })
            return text.Length >= 10 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var time) ? time.ToUnixTimeMilliseconds() : null;
        if (!SettingsBinder.TryReadNumber(token, out var number)) return null;
        return number == Math.Floor(number) && number is >= Timestamps.Min and <= Timestamps.Max ? (long)number : null;
    }
}
