using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Pump;

public sealed record CountingSettings : ISettings<CountingSettings>
{
    /// <summary>1 to 100.</summary>
    public int Step { get; init; } = 1;

    public bool EmitInvalid { get; init; } = true;

    public string? Label { get; init; }

    public void Validate(SettingErrors errors) => errors.Require(Step is >= 1 and <= 100, Step, "1 to 100");
}

/// <summary>
/// Forwards each reading alone to <c>out</c> and remembers its device: <see cref="State"/> shows what the logic has done, once, twice, or not at all.
/// </summary>
internal sealed class CountingModule : EdgeModule<CountingSettings>
{
    public List<string> State { get; } = [];

    public List<CountingSettings> SettingsSeen { get; } = [];

    public DateTimeOffset? NextTickAt { get; set; }

    /// <summary>What a tick gives; it sees the context.</summary>
    public Func<ModuleContext<CountingSettings>, ModuleResult> Tick { get; set; } = _ => ModuleResult.None;

    public Func<IReadOnlyList<OutboundMessage>> Recreate { get; set; } = () => [];

    public JObject? ReportPart { get; set; }

    public long HeldNow { get; set; }

    public override string ReadingsInput => "readings";

    public override IReadOnlyCollection<string> ItemInputs => ["commands", "scores"];

    public override IReadOnlyCollection<string> MessageInputs => ["anything"];

    /// <summary>What a message of items gives; it sees the items and the context.</summary>
    public Func<IReadOnlyList<JObject>, ModuleContext<CountingSettings>, ModuleResult> Items { get; set; } = (_, _) => ModuleResult.None;

    public override long Held => HeldNow;

    public override bool EmitsInvalid(CountingSettings settings) => settings.EmitInvalid;

    /// <summary>A reading of the device <c>bomb</c> makes the module fail.</summary>
    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<CountingSettings> context)
    {
        var outputs = new List<OutboundMessage>();
        var devices = new List<string>();
        foreach (ref readonly var reading in readings.Readings)
        {
            context.Ledger.Count(Ledger.Forwarded, 1);
            if (reading.DeviceId == "bomb") throw new InvalidOperationException("Bang.");
            devices.Add(reading.DeviceId);
            outputs.Add(new OutboundMessage { Output = "out", Body = readings.BytesOf(reading).ToArray(), Count = 1, MessageType = "reading" });
        }

        State.AddRange(devices);
        return new ModuleResult(outputs, Encoding.UTF8.GetBytes(string.Join(' ', devices)));
    }

    /// <summary>Remembers input and <c>id</c> of each item.</summary>
    public override ModuleResult OnItems(string input, IReadOnlyList<JObject> items, ModuleContext<CountingSettings> context)
    {
        var result = Items(items, context);
        var seen = items.Select(item => $"{input}:{item["id"]}").ToList();
        State.AddRange(seen);
        return result with { StateChange = Encoding.UTF8.GetBytes(string.Join(' ', seen)) };
    }

    /// <summary>Remembers its id and body, and passes it on.</summary>
    public override ModuleResult OnMessage(InboundMessage message, string id, int count, ModuleContext<CountingSettings> context)
    {
        if (id == "bomb") throw new InvalidOperationException("Bang.");
        var seen = $"{id}:{count}:{Convert.ToHexString(message.Body.Span)}";
        State.Add(seen);
        context.Ledger.Count(Ledger.Forwarded, count);
        var output = new OutboundMessage
        {
            Output = "out", Body = message.Body.ToArray(), Count = count, MessageType = "x", Properties = new Dictionary<string, string> { [SystemProperties.ContentEncoding] = "gzip" },
        };
        return new ModuleResult([output], Encoding.UTF8.GetBytes(seen));
    }

    public override void OnSettings(ModuleContext<CountingSettings> context) => SettingsSeen.Add(context.Settings);

    public override ModuleResult OnTick(ModuleContext<CountingSettings> context) => Tick(context);

    public void WakeUp() => Wake();

    public override DateTimeOffset? NextTick(ModuleContext<CountingSettings> context) => NextTickAt;

    public override void ApplyChange(ReadOnlySpan<byte> change) => State.AddRange(Encoding.UTF8.GetString(change).Split(' '));

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => State.Select(device => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(device));

    public override void Reset() => State.Clear();

    public override IReadOnlyList<OutboundMessage> RecreateOutputs(ModuleContext<CountingSettings> context) => Recreate();

    public override JObject? Report(ModuleContext<CountingSettings> context) => ReportPart;

    public override IReadOnlyCollection<string> Methods => ["echo", "add", "fail"];

    public override MethodResponse? OnMethod(MethodRequest request, ModuleContext<CountingSettings> context) => request.Name switch
    {
        "echo" => new MethodResponse(200, request.Payload),
        "add" => Added(request, context),
        "fail" => throw new InvalidOperationException("Bang."),
        _ => null,
    };

    /// <summary>Remembers the payload's <c>id</c> and sends it.</summary>
    private EffectiveResponse Added(MethodRequest request, ModuleContext<CountingSettings> context)
    {
        var id = (string)request.Payload!["id"]!;
        State.Add(id);
        context.Ledger.Count("added", 1);
        var message = new OutboundMessage { Output = "out", Body = Encoding.UTF8.GetBytes($"[\"{id}\"]"), Count = 1, MessageType = "x", MessageId = $"added/{id}" };
        return new EffectiveResponse(202, id, new ModuleResult([message], Encoding.UTF8.GetBytes(id)));
    }
}
