using EdgeModules.Hosting.Settings;

namespace EdgeModules.Actuating;

/// <summary>The desired properties of the ActuatorModule.</summary>
public sealed record ActuatorSettings : ISettings<ActuatorSettings>
{
    public GpioSettings Gpio { get; init; } = new();

    /// <summary>Clock time after which the buzzer falls silent by itself, in seconds; 0 to 86400, 0 for not before a reset.</summary>
    public int BuzzSeconds { get; init; } = 30;

    /// <summary>Commands that are known again when they are repeated, 1 to 100000; beyond it the oldest is forgotten.</summary>
    public int MaxCommands { get; init; } = 1000;

    /// <summary>Whether commands that cannot be read go to the output <c>invalid</c>; they are counted in any case.</summary>
    public bool EmitInvalid { get; init; }

    public void Validate(SettingErrors errors)
    {
        errors.Require(BuzzSeconds is >= 0 and <= 86_400, BuzzSeconds, "0 to 86400");
        errors.Require(MaxCommands is >= 1 and <= Actuator.MostCommands, MaxCommands, $"1 to {Actuator.MostCommands}");
        var isOneLine = Gpio.Buzzer is { } buzzer && Gpio.Relay is { } relay && (buzzer.Chip, buzzer.Line) == (relay.Chip, relay.Line);
        if (isOneLine) errors.Below("gpio").Add("relay", Gpio.Relay!.ToJson(), "another line than gpio.buzzer");
    }
}

/// <summary>The lines of the board; null for one that is simulated.</summary>
public sealed record GpioSettings
{
    public GpioLine? Buzzer { get; init; }

    public GpioLine? Relay { get; init; }
}
