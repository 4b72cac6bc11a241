using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>A setting with a JSON form of its own, for instance a number or an object.</summary>
public interface ISettingValue<TSelf>
    where TSelf : class, ISettingValue<TSelf>
{
    /// <returns>Null when the value cannot be read; then it is in <paramref name="errors"/>, under <paramref name="key"/>.</returns>
    static abstract TSelf? FromJson(JToken value, string key, SettingErrors errors);

    JToken ToJson();
}
