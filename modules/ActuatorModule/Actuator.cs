namespace EdgeModules.Actuating;

/// <summary>
/// What the two lines should be and which commands were carried out. Pure: the lines themselves are the caller's. Not thread-safe.
/// </summary>
public sealed class Actuator
{
    public const int MostCommands = 100_000;

    /// <summary>Executions that the twin shows.</summary>
    public const int MostShown = 5;

    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _known = [];
    private readonly Queue<Execution> _last = new();

    /// <summary>Since when and for whom the buzzer sounds; null when it is silent.</summary>
    public Demand? Buzzer { get; private set; }

    /// <summary>Since when and for whom the relay is open; null when it is closed, as in normal work.</summary>
    public Demand? Relay { get; private set; }

    /// <summary>Commands carried out since the state began; makes ids of outcomes differ.</summary>
    public long Count { get; private set; }

    /// <summary>The last ones, oldest first.</summary>
    public IReadOnlyCollection<Execution> Last => _last;

    /// <summary>Keys of known commands, oldest first.</summary>
    public IReadOnlyCollection<string> Known => _order;

    public bool Knows(Command command) => command.Key is { } key && _known.Contains(key);

    /// <returns>What the lines would be after the command, and whether that is a change.</returns>
    public (bool Buzzer, bool Relay, bool IsChange) After(CommandAction action)
    {
        var (buzzer, relay) = action switch
        {
            CommandAction.Buzz => (true, Relay is not null),
            CommandAction.Shutdown => (Buzzer is not null, true),
            _ => (false, false),
        };
        return (buzzer, relay, buzzer != Buzzer is not null || relay != Relay is not null);
    }

    /// <summary>The command was carried out. A line that is on already keeps its time and its alarm.</summary>
    public void Apply(Execution done)
    {
        Count++;
        var demand = new Demand(done.AlertId, done.At);
        switch (done.Action)
        {
            case CommandAction.Buzz:
                Buzzer ??= demand;
                break;
            case CommandAction.Shutdown:
                Relay ??= demand;
                break;
            default:
                (Buzzer, Relay) = (null, null);
                break;
        }

        if (done.Key is not null) Remember(done.Key);
        _last.Enqueue(done);
        if (_last.Count > MostShown) _last.Dequeue();
    }

    /// <summary>When the buzzer falls silent by itself; null for not at all.</summary>
    public DateTimeOffset? SilentAt(ActuatorSettings settings) =>
        Buzzer is { } buzzer && settings.BuzzSeconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(buzzer.Since).AddSeconds(settings.BuzzSeconds) : null;

    public void Silence() => Buzzer = null;

    /// <summary>Takes over the lines of a snapshot.</summary>
    public void Restore(Demand? buzzer, Demand? relay, long count) => (Buzzer, Relay, Count) = (buzzer, relay, count);

    public void Remember(string key)
    {
        if (!_known.Add(key)) return;
        _order.Enqueue(key);
        Trim(MostCommands);
    }

    /// <summary>Forgets the oldest commands beyond that many.</summary>
    public void Trim(int maxCommands)
    {
        while (_order.Count > maxCommands) _known.Remove(_order.Dequeue());
    }

    public void Clear()
    {
        (Buzzer, Relay, Count) = (null, null, 0);
        _order.Clear();
        _known.Clear();
        _last.Clear();
    }
}

/// <param name="AlertId">The alarm that asked first; null for a person.</param>
/// <param name="Since">Unix milliseconds.</param>
public sealed record Demand(string? AlertId, long Since);

/// <summary>A command that was carried out.</summary>
/// <param name="Key">Of the command; null when it had no id.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Result"><c>done</c>, or <c>unchanged</c> when the lines stood so already.</param>
public sealed record Execution(CommandAction Action, string? Key, string? AlertId, long At, string Result);
