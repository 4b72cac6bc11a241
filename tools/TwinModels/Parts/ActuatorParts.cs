using EdgeModules.Actuating;
using Newtonsoft.Json.Linq;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class ActuatorParts
{
    public static ModuleParts All { get; } = new(typeof(ActuatorModule), typeof(ActuatorSettings))
    {
        Outputs = [new("outcomes", Array(Outcome), "What became of each command.")],
        Reported =
        [
            new(
                "actuator",
                Object(
                    Field("buzzer", Line("on")), Field("relay", Line("open")),
                    Field("lastCommands", Array(Object(
                        Field("action", Enum<CommandAction>()), Field("alertId", Text), Field("result", Enum("done", "unchanged")),
                        Field("timestamp", Long, "Unix milliseconds."))))),
                "The lines as they are, and the last commands."),
        ],
        Commands =
        [
            Action("buzz", "Switches the buzzer on."), Action("shutdown", "Opens the relay."),
            Action("reset", "Switches the buzzer off and closes the relay.", "Or nothing: a person's reset needs no alarm."),
        ],
    };

    private static JObject Outcome => Object(
        Field("commandId", Text), Field("alertId", Text), Field("deviceId", Text), Field("action", Enum<CommandAction>()),
        Field("result", Enum("done", "unchanged", "failed", "repeated")), Field("simulated", Flag, "No line of a board is behind it."),
        Field("timestamp", Long, "Unix milliseconds by the gateway's clock."), Field("error", Text));

    private static JObject Line(string isActive) => Object(
        Field(isActive, Flag), Field("since", Long, "Unix milliseconds."), Field("alertId", Text), Field("line", Text, "gpiochip and offset, or simulated."),
        Field("problem", Text));

    private static CommandPart Action(string name, string description, string? comment = null) =>
        new(name, Object(Field("alertId", Text), Field("commandId", Text), Field("deviceId", Text)), Outcome, description, comment);
}
