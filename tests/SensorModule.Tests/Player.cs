using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

/// <summary>Does with a module what the pump does, on a clock that is moved by hand.</summary>
internal sealed class Player(SensorSettings settings) : IDisposable
{
    public static readonly DateTimeOffset T0 = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

    private SensorModule _module = New();

    public SensorSettings Settings { get; private set; } = settings;

    public DateTimeOffset Now { get; set; } = T0;

    public Ledger Ledger { get; } = new();

    /// <summary>What is on disk.</summary>
    public byte[]? Saved { get; private set; }

    public List<Sent> Sent { get; } = [];

    public JObject Source => (JObject)_module.Report(Context)!["source"]!;

    public DateTimeOffset? NextTick => _module.NextTick(Context);

    public IReadOnlyList<string> Readings => [.. Sent.SelectMany(message => message.Readings)];

    private ModuleContext<SensorSettings> Context => new(Now, Settings, Ledger);

    /// <summary>Runs until <paramref name="end"/>, or until nothing waits for time.</summary>
    public Player PlayUntil(DateTimeOffset end)
    {
        for (var calls = 0; NextTick is { } next && next <= end; calls++)
        {
            Assert.True(calls < 1_000_000, "The module asks to be called again and again.");
            if (next > Now) Now = next;
            Tick();
        }

        return this;
    }

    public Player PlayToEnd() => PlayUntil(DateTimeOffset.MaxValue);

    /// <summary>Until that many messages are sent.</summary>
    public Player PlayMessages(int count)
    {
        while (Sent.Count < count && NextTick is { } next)
        {
            if (next > Now) Now = next;
            Tick();
        }

        return this;
    }

    public Sent? Tick()
    {
        var result = _module.OnTick(Context);
        if (result.Outputs.Count == 0) return null;
        Saved = result.StateChange.ToArray();
        var sent = new Sent(Now, Assert.Single(result.Outputs));
        Sent.Add(sent);
        return sent;
    }

    public Player Set(Func<SensorSettings, SensorSettings> change)
    {
        Settings = change(Settings);
        _module.OnSettings(Context);
        return this;
    }

    public Player Reset()
    {
        _module.Reset();
        Saved = null;
        return this;
    }

    /// <summary>kill -9 and a start; the message of the last call counts as not sent and is made again.</summary>
    /// <returns>The messages made again.</returns>
    public IReadOnlyList<Sent> CrashAndRecreate()
    {
        Restart();
        return [.. _module.RecreateOutputs(Context).Select(message => new Sent(Now, message))];
    }

    public Player Restart()
    {
        _module.Dispose();
        _module = New();
        if (Saved is not null) _module.ApplyChange(Saved);
        _module.OnSettings(Context);
        return this;
    }

    public void Dispose() => _module.Dispose();

    private static SensorModule New() => new(new SensorTelemetry(NullLogger<SensorTelemetry>.Instance));
}

/// <summary>A message with its body copied: a body lives only until the module's next call.</summary>
internal sealed class Sent(DateTimeOffset at, OutboundMessage message)
{
    public DateTimeOffset At => at;

    public OutboundMessage Message => message;

    public string Body { get; } = Encoding.UTF8.GetString(message.Body.Span);

    /// <summary>Text of each reading.</summary>
    public IReadOnlyList<string> Readings => [.. System.Text.Json.JsonDocument.Parse(Body).RootElement.EnumerateArray().Select(reading => reading.GetRawText())];

    public IReadOnlyList<long> Timestamps => [.. JArray.Parse(Body).Select(reading => reading.Value<long>("timestamp"))];
}
