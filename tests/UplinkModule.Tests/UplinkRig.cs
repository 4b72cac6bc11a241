using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Testing.Fakes;
using EdgeModules.Uplink.Packing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Uplink.Tests;

/// <summary>The module without its pump: called as that would, by a clock that is moved by hand.</summary>
internal sealed class UplinkRig : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private readonly BatchReader _cloud = new();
    private readonly List<byte[]> _journal = [];
    private int _messages;

    public UplinkRig(UplinkSettings? settings = null)
    {
        Settings = settings ?? new UplinkSettings { Compression = BatchCompression.None, BatchUnits = 1 };
        Module = Create();
        Begin();
    }

    public UplinkModule Module { get; private set; }

    public MemoryFolder Folder { get; private set; } = new();

    public FakeProbe Probe { get; } = new();

    public RecordingLogger Log { get; } = new();

    public UplinkSettings Settings { get; set; }

    public Ledger Ledger { get; } = new();

    public DateTimeOffset Now { get; set; } = Start;

    /// <summary>Every message that left, in order.</summary>
    public List<OutboundMessage> Sent { get; } = [];

    public IEnumerable<OutboundMessage> Batches => Sent.Where(message => message.Output == "batches");

    /// <summary>Metered units of the batches that left, by day.</summary>
    public Dictionary<DateOnly, long> UnitsByDay { get; } = [];

    /// <summary>Ids of the members that the cloud has, once each, in order of arrival.</summary>
    public List<string> Arrived { get; } = [];

    public ModuleContext<UplinkSettings> Context => new(Now, Settings, Ledger);

    public static UplinkTelemetry Telemetry(ILoggerFactory log) => new(Meters, log.CreateLogger<UplinkTelemetry>());

    public static InboundMessage Message(string input, string id, int count, string body) => new(
        input, Encoding.UTF8.GetBytes(body), new Dictionary<string, string>
        {
            [SystemProperties.MessageId] = id,
            [SystemProperties.ContentEncoding] = "utf-8",
            [SystemProperties.ConnectionModuleId] = "FilterModule",
            [ApplicationProperties.Count] = count.ToString(CultureInfo.InvariantCulture),
            [ApplicationProperties.MessageType] = "reading",
            [ApplicationProperties.Priority] = input,
        });

    /// <summary>A message of about that many bytes on an input, with as many readings as said; what is due follows.</summary>
    /// <returns>Its id.</returns>
    public string Take(string input = "normal", int bytes = 1000, int count = 10) => TakeText(input, $"\"{new string('x', Math.Max(0, bytes - 2))}\"", count);

    /// <returns>Its id.</returns>
    public string TakeText(string input, string body, int count = 10)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"m{++_messages}");
        Ledger.Count(Ledger.Received, count);
        Keep(Module.OnMessage(Message(input, id, count, body), id, count, Context));
        Settle();
        return id;
    }

    /// <summary>A message that is no JSON, with one item.</summary>
    public void TakeBytes(string input, byte[] body)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"m{++_messages}");
        Ledger.Count(Ledger.Received, 1);
        Keep(Module.OnMessage(Message(input, id, 1, "") with { Body = body }, id, 1, Context));
        Settle();
    }

    public void Advance(TimeSpan time)
    {
        Now += time;
        Settle();
    }

    /// <summary>Moves the clock in steps of a second, each with what is due then.</summary>
    public void Run(int seconds)
    {
        for (var i = 0; i < seconds; i++) Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Has the way to the cloud looked at until it has this state.</summary>
    public void MakeIt(string state)
    {
        var host = state switch { "offline" => "away", "degraded" => "slow", _ => "well" };
        Settings = Settings with { Connectivity = Settings.Connectivity with { ProbeHost = host } };
        for (var i = 0; i < 10 && Module.Report(Context)["upstream"]!["state"]!.ToString() != state; i++) Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(state, Module.Report(Context)["upstream"]!["state"]!.ToString());
    }

    /// <summary>A new process on what was saved.</summary>
    /// <param name="saved">How many of the saved changes are there; null for all.</param>
    public void Restart(int? saved = null)
    {
        Module.Dispose();
        Module = Create();
        if (saved is { } kept) _journal.RemoveRange(kept, _journal.Count - kept);
        foreach (var change in _journal) Module.ApplyChange(change);
        Begin();
    }

    /// <summary>A new process on a snapshot.</summary>
    public void Compact()
    {
        var snapshot = Module.Snapshot().Select(part => part.ToArray()).ToList();
        _journal.Clear();
        _journal.AddRange(snapshot);
        Restart();
    }

    public int Saved => _journal.Count;

    public IReadOnlyList<byte[]> Journal => _journal;

    /// <summary>What came in is accounted for.</summary>
    public void AssertBalanced() => Assert.Equal(
        Ledger.Total(Ledger.Received) + Ledger.Total(UplinkCounters.Recovered),
        Ledger.Total(UplinkCounters.Batched) + Module.Held + Ledger.Total(UplinkCounters.Evicted, "normal") + Ledger.Total(UplinkCounters.Evicted, "low")
        + Ledger.Total(UplinkCounters.Evicted, "reset") + Ledger.Total(Ledger.Dropped, UplinkCounters.LostBatch) + Ledger.Total(Ledger.Dropped, "tooLarge"));

    public void Dispose() => Module.Dispose();

    public void Settle()
    {
        for (var ticks = 0; Module.NextTick(Context) <= Now; ticks++)
        {
            Assert.True(ticks < 1000, "Ticks without end.");
            Keep(Module.OnTick(Context));
        }

        AssertBalanced();
    }

    private UplinkModule Create() => new(new UplinkSurroundings(Folder, Probe, "hub.example"), Telemetry(Log));

    private void Begin()
    {
        Module.OnSettings(Context);
        Settle();
    }

    private void Keep(ModuleResult result)
    {
        if (!result.StateChange.IsEmpty) _journal.Add(result.StateChange.ToArray());
        foreach (var output in result.Outputs)
        {
            Sent.Add(output);
            if (output.Output != "batches") continue;
            var day = DateOnly.FromDateTime(Now.UtcDateTime);
            UnitsByDay[day] = UnitsByDay.GetValueOrDefault(day) + MeteredUnit.CountOf(BatchMessage.BytesOf(output));
            Arrived.AddRange(_cloud.Read(output.Body, output.Properties[SystemProperties.ContentEncoding]).Members.Select(member => member.Id));
        }
    }
}
