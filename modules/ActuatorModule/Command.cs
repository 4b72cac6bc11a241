using EdgeModules.Messages;
using EdgeModules.Hosting;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Actuating;

public enum CommandAction
{
    Buzz,
    Shutdown,
    Reset,
}

/// <summary>What is to be done, and for whom.</summary>
/// <param name="CommandId">Null when the sender gave none.</param>
/// <param name="AlertId">Null for a person's reset.</param>
/// <param name="DeviceId">What the alarm is about; for the outcome only.</param>
public sealed record Command(CommandAction Action, string? CommandId, string? AlertId, string? DeviceId)
{
    /// <summary>Characters of an id.</summary>
    public const int MostCharacters = 512;

    /// <summary>By what a repeat is known; null for a command that is carried out each time.</summary>
    public string? Key => (CommandId ?? AlertId) is { } id ? $"{Name(Action)}/{id}" : null;

    public static string Name(CommandAction action) => action switch
    {
        CommandAction.Buzz => "buzz",
        CommandAction.Shutdown => "shutdown",
        _ => "reset",
    };

    /// <returns>Null for no action of this module.</returns>
    public static CommandAction? ActionOf(string? name) => name switch
    {
        "buzz" => CommandAction.Buzz,
        "shutdown" => CommandAction.Shutdown,
        "reset" => CommandAction.Reset,
        _ => null,
    };

    /// <summary>An item of the input <c>commands</c>: <c>{commandId, alertId, action, deviceId?}</c>; what else it has is of no concern.</summary>
    /// <returns>The command, or what is wrong with the item.</returns>
    public static (Command? Command, RejectedItem? Rejected) OfItem(JObject item, int index)
    {
        var action = ActionOf((item["action"] as JValue)?.Value as string);
        if (item["action"] is null) return (null, new RejectedItem(index, InvalidReasons.MissingProperty, "action", "It is absent; it must be \"buzz\", \"shutdown\" or \"reset\"."));
        if (action is null) return (null, new RejectedItem(index, InvalidReasons.UnknownValue, "action", "It must be \"buzz\", \"shutdown\" or \"reset\"."));
        return Read(item, action.Value, index, ["commandId", "alertId"]);
    }

    /// <summary>A direct method: <c>{alertId, commandId?, deviceId?}</c>; <c>reset</c> needs none of them.</summary>
    public static (Command? Command, RejectedItem? Rejected) OfMethod(CommandAction action, JToken? payload) => payload switch
    {
        null or { Type: JTokenType.Null } => Read([], action, 0, action == CommandAction.Reset ? [] : ["alertId"]),
        JObject json => Read(json, action, 0, action == CommandAction.Reset ? [] : ["alertId"]),
        _ => (null, new RejectedItem(0, InvalidReasons.NotAnObject, "", "The payload is no object; it must be one.")),
    };

    private static (Command? Command, RejectedItem? Rejected) Read(JObject json, CommandAction action, int index, string[] required)
    {
        foreach (var name in new[] { "commandId", "alertId", "deviceId" })
        {
            var value = json[name];
            var isAbsent = value is null or { Type: JTokenType.Null };
            if (isAbsent && required.Contains(name)) return Wrong(InvalidReasons.MissingProperty, name, "is absent");
            if (!isAbsent && value!.Type != JTokenType.String) return Wrong(InvalidReasons.WrongType, name, "is no string");
            if (!isAbsent && value!.Value<string>()!.Length is 0 or > MostCharacters) return Wrong(InvalidReasons.WrongLength, name, "has another length");
        }

        return (new Command(action, Text("commandId"), Text("alertId"), Text("deviceId")), null);

        string? Text(string name) => json[name]?.Value<string>();

        (Command?, RejectedItem?) Wrong(string reason, string name, string found) =>
            (null, new RejectedItem(index, reason, name, $"{name} {found}; it must be a string of 1 to {MostCharacters} characters."));
    }
}
