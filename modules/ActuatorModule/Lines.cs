using Microsoft.Extensions.Logging;

namespace EdgeModules.Actuating;

/// <summary>Buzzer and relay: lines of the board as far as the settings name them and the board has them, simulated otherwise.</summary>
public sealed partial class Lines(IBoard board, ILogger<Lines> logger) : IDisposable
{
    /// <summary>The place of a line that is none of the board.</summary>
    public const string Simulated = "simulated";

    private readonly Wire _buzzer = new();
    private readonly Wire _relay = new();

    private sealed class Wire
    {
        public bool IsUsed { get; set; }

        public GpioLine? Wanted { get; set; }

        public ILine? Opened { get; set; }

        public bool IsOn { get; set; }

        public string Place { get; set; } = Simulated;

        public string? Problem { get; set; }
    }

    public string BuzzerPlace => _buzzer.Place;

    public string RelayPlace => _relay.Place;

    /// <summary>Why a line that the settings name is simulated; null when none is.</summary>
    public string? BuzzerProblem => _buzzer.Problem;

    public string? RelayProblem => _relay.Problem;

    /// <summary>Opens what the settings name, at the level that it has to have; what they no longer name is given back.</summary>
    public void Use(GpioSettings settings, bool isBuzzerOn, bool isRelayOpen)
    {
        // Both are given back before any is taken: the two may have changed places.
        var isChanged = (Buzzer: Release(_buzzer, settings.Buzzer), Relay: Release(_relay, settings.Relay));
        if (isChanged.Buzzer) Open(_buzzer, "buzzer", isBuzzerOn);
        if (isChanged.Relay) Open(_relay, "relay", isRelayOpen);
    }

    /// <exception cref="LineException">A line could not be set; the other may have been.</exception>
    public void Set(bool isBuzzerOn, bool isRelayOpen)
    {
        // The relay first: it is what protects.
        Set(_relay, isRelayOpen);
        Set(_buzzer, isBuzzerOn);
    }

    public void Dispose()
    {
        _buzzer.Opened?.Dispose();
        _relay.Opened?.Dispose();
    }

    private static bool Release(Wire wire, GpioLine? wanted)
    {
        if (wire.IsUsed && wire.Wanted == wanted && wire.Problem is null) return false;
        wire.IsUsed = true;
        wire.Opened?.Dispose();
        (wire.Opened, wire.Wanted, wire.Place, wire.Problem) = (null, wanted, Simulated, null);
        return true;
    }

    private void Open(Wire wire, string name, bool isOn)
    {
        wire.IsOn = isOn;
        if (wire.Wanted is null)
        {
            LogSimulated(name);
            return;
        }

        try
        {
            wire.Opened = board.Open(wire.Wanted, isOn);
            wire.Place = wire.Wanted.ToString();
            LogOpened(name, wire.Place);
        }
        catch (LineException error)
        {
            wire.Problem = error.Message;
            LogNotOpened(name, error.Message);
        }
    }

    private static void Set(Wire wire, bool isOn)
    {
        if (wire.IsOn == isOn) return;
        wire.Opened?.Set(isOn);
        wire.IsOn = isOn;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Name} is the line {Place}.")]
    private partial void LogOpened(string name, string place);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Name} is simulated: the settings name no line for it.")]
    private partial void LogSimulated(string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "The {Name} is simulated, so nothing is switched: {Cause}")]
    private partial void LogNotOpened(string name, string cause);
}
