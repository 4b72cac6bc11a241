using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Sensing.Faults;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

/// <summary>Does with a module what the pump does, on a clock that is moved by hand.</summary>
internal sealed class Player(SensorSettings settings) : IDisposable
{
    public static readonly DateTimeOffset T0 = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

    private readonly TemporaryFolder _folder = new();
    private SensorModule? _module;
    private byte[]? _savedBefore;

    /// <summary>The state directory.</summary>
    public string Folder => _folder.Path;

    /// <summary>Size at which a truth file is full.</summary>
    public long SegmentBytes { get; init; } = TruthFile.SegmentBytes;

    public SensorSettings Settings { get; private set; } = settings;

    public DateTimeOffset Now { get; set; } = T0;

    public Ledger Ledger { get; } = new();

    /// <summary>What is on disk.</summary>
    public byte[]? Saved { get; private set; }

    public List<Sent> Sent { get; } = [];

    public JObject Source => (JObject)Module.Report(Context)!["source"]!;

    public DateTimeOffset? NextTick => Module.NextTick(Context);

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
        var result = Module.OnTick(Context);
        if (result.Outputs.Count == 0) return null;
        _savedBefore = Saved;
        Saved = result.StateChange.ToArray();
        var sent = new Sent(Now, Assert.Single(result.Outputs));
        Sent.Add(sent);
        return sent;
    }

    public Player Set(Func<SensorSettings, SensorSettings> change)
    {
        Settings = change(Settings);
        Module.OnSettings(Context);
        return this;
    }

    public Player Reset()
    {
        Module.Reset();
        Saved = null;
        return this;
    }

    /// <summary>kill -9 and a start; the message of the last call counts as not sent and is made again.</summary>
    /// <returns>The messages made again.</returns>
    public IReadOnlyList<Sent> CrashAndRecreate()
    {
        Restart();
        return [.. Module.RecreateOutputs(Context).Select(message => new Sent(Now, message))];
    }

    /// <summary>kill -9 after the module has made the last message, before that was saved, and a start.</summary>
    public Player CrashBeforeSave()
    {
        Saved = _savedBefore;
        Sent.RemoveAt(Sent.Count - 1);
        return Restart();
    }

    /// <summary>The lines of a truth file of that name.</summary>
    public IReadOnlyList<string> Truth(string file = "truth.jsonl") => File.ReadAllLines(Path.Combine(Folder, file));

    public Player Restart()
    {
        Module.Dispose();
        _module = null;
        if (Saved is not null) Module.ApplyChange(Saved);
        Module.OnSettings(Context);
        return this;
    }

    public void Dispose()
    {
        Module.Dispose();
        _folder.Dispose();
    }

    private SensorModule Module => _module ??= new SensorModule(new SensorTelemetry(NullLogger<SensorTelemetry>.Instance), new TruthFile(Folder, SegmentBytes));
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
