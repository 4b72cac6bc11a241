using System.Collections.Frozen;
using System.Text;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Inference.Swap;
using EdgeModules.Messages;
using EdgeModules.Models;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests;

/// <summary>A module on a fake model, fed by seconds since a fixed time; what it sent is kept as JSON.</summary>
internal sealed class InferenceRig : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly long T0 = Start.ToUnixTimeMilliseconds();

    private readonly MessageCodec _codec = new();
    private readonly List<byte[]> _journal = [];
    private readonly TemporaryFolder _models = new();

    private readonly IModelLoader _loader;

    /// <param name="loader">Null for <see cref="Loader"/>.</param>
    public InferenceRig(InferenceSettings settings, IModelLoader? loader = null)
    {
        (Settings, _loader) = (settings, loader ?? Loader);
        Module = Create();
    }

    public FakeLoader Loader { get; } = new();

    public Ledger Ledger { get; } = new();

    public InferenceSettings Settings { get; private set; }

    public InferenceModule Module { get; private set; }

    public FakeTimeProvider Time { get; } = new(Start);

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Bytes of state changes.</summary>
    public long Saved { get; private set; }

    /// <summary>What the last message made it send.</summary>
    public IReadOnlyList<JObject> Sent { get; private set; } = [];

    public ModuleContext<InferenceSettings> Context => new(Now, Settings, Ledger);

    public JObject Model => (JObject)Module.Report(Context)["model"]!;

    public JObject Swap => (JObject)Module.Report(Context)["swap"]!;

    /// <summary>What ticks, settings and methods sent to <c>shadowReports</c>.</summary>
    public List<JObject> ShadowReports { get; } = [];

    public static InferenceSettings SettingsOf(ModelManifest manifest) => new() { Active = Source(manifest), ScoreIntervalSeconds = 0 };

    public static ModelSource Source(ModelManifest manifest)
    {
        var model = TinyModel.Bytes(manifest, manifest.Window.Size, manifest.Features.Count);
        return new ModelSource { Source = ModelSourceKind.Data, Data = Convert.ToBase64String(model), Sha256 = TinyModel.Sha256(model) };
    }

    public void Apply(InferenceSettings settings)
    {
        Settings = settings;
        Module.OnSettings(Context);
    }

    public void Tick() => Keep(Module.OnTick(Context));

    /// <summary>Ticks, and moves the clock on while nothing is in work beside the loop.</summary>
    public Task UntilAsync(SwapPhase phase, Action? step = null) =>
        Waiting.ForAsync(() => (string?)Swap["phase"] == SwapReport.Camel(phase), $"the swap is in {phase}", () =>
        {
            Tick();
            step?.Invoke();
        });

    /// <summary>Calls a direct method; what it sends is kept.</summary>
    public MethodResponse? Call(string method, JToken? payload = null)
    {
        var response = Module.OnMethod(new MethodRequest(method, payload), Context);
        if (response is EffectiveResponse effective) Keep(effective.Effect);
        return response;
    }

    /// <summary>Brings a candidate in without a shadow, and waits until it scores.</summary>
    public async Task PromoteAsync(ModelManifest manifest, InferenceSettings? settings = null)
    {
        Apply((settings ?? Settings) with { Candidate = Source(manifest), Policy = new PolicySettings { Mode = SwapMode.Immediate, ProbationMinutes = 0 } });
        await Waiting.ForAsync(() => (string?)Model["version"] == manifest.Version, "the candidate scores", Tick);
    }

    /// <summary>Readings of <c>temperature</c> and <c>humidity</c>; null leaves one out.</summary>
    public IReadOnlyList<JObject> Send(params (string Device, double Second, double? Temperature, double? Humidity)[] readings) =>
        Send(string.Join(',', readings.Select(reading => new JObject
        {
            ["deviceId"] = reading.Device, ["timestamp"] = T0 + (long)(reading.Second * 1000), ["temperature"] = reading.Temperature,
            ["humidity"] = reading.Humidity, ["x"] = 0,
        })));

    public IReadOnlyList<JObject> Send(string items)
    {
        var batch = _codec.Decode(Encoding.UTF8.GetBytes($"[{items}]"), FrozenSet<string>.Empty);
        Ledger.Count(Ledger.Received, batch.Count);
        var result = Module.OnReadings(batch, Context);
        _journal.Add(result.StateChange.ToArray());
        Saved += result.StateChange.Length;
        return Sent = [.. result.Outputs.SelectMany(output => JArray.Parse(Encoding.UTF8.GetString(output.Body.Span))).Cast<JObject>()];
    }

    /// <summary>As after kill -9: a new module on what was saved, from the journal or from a snapshot.</summary>
    public void Restart(bool fromSnapshot = false)
    {
        if (fromSnapshot)
        {
            var parts = Module.Snapshot().Select(part => part.ToArray()).ToList();
            _journal.Clear();
            _journal.AddRange(parts);
        }

        Module.Dispose();
        Module = Create();
    }

    public long Count(string counter, string reason = "") => Ledger.Total(counter, reason);

    public void Dispose()
    {
        Module.Dispose();
        _models.Dispose();
    }

    private void Keep(ModuleResult result) =>
        ShadowReports.AddRange(result.Outputs.Where(output => output.Output == "shadowReports").Select(output => JsonText.ParseObject(output.Body.ToArray())));

    private InferenceModule Create()
    {
        var module = TestModules.Create(_loader, _models.Path, Time);
        foreach (var change in _journal) module.ApplyChange(change);
        module.OnSettings(Context);
        return module;
    }
}
