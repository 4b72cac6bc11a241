using System.Text;
using EdgeModules.Messages;
using EdgeModules.Testing.Scenarios;
using EdgeSimulator.Accounting;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Modules;

/// <summary>A module in this process, with what it has sent and its books.</summary>
internal sealed class ModuleUnderFault(string name) : IAsyncDisposable
{
    private readonly InProcessHost _host = new(EveryModule.All[name]);
    private readonly Dictionary<string, List<JToken>> _sent = [];
    private int _messages;

    public InProcessHost Host => _host;

    /// <summary>Declared by their senders.</summary>
    public long Delivered { get; private set; }

    public static async Task<ModuleUnderFault> StartAsync(string name, JObject? settings = null)
    {
        var module = new ModuleUnderFault(name);
        await module._host.StartAsync(settings ?? []);
        return module;
    }

    public Task DeliverAsync(string input, string body, int count) => DeliverAsync(input, Encoding.UTF8.GetBytes(body), count);

    public async Task DeliverAsync(string input, byte[] body, int count)
    {
        Delivered += count;
        await _host.SendAsync(input, body, new Dictionary<string, string>
        {
            [SystemProperties.MessageId] = $"{input}/{_messages++}", [ApplicationProperties.Count] = $"{count}",
            [SystemProperties.ConnectionDeviceId] = "edge", [SystemProperties.ConnectionModuleId] = "Sender",
        });
    }

    /// <summary>What was sent on an output from the start on.</summary>
    public async Task<IReadOnlyList<JToken>> SentAsync(string output)
    {
        foreach (var (sender, items) in await _host.TakeOutputsAsync())
        {
            if (!_sent.TryGetValue(sender, out var all)) _sent[sender] = all = [];
            all.AddRange(items);
        }

        return _sent.GetValueOrDefault(output) ?? [];
    }

    public async Task<JObject> LedgerAsync() => (JObject)(await _host.CallAsync("getLedger", null)).Payload!;

    /// <summary>Every reading delivered was received, and each that was received has one outcome.</summary>
    public async Task AssertAccountedForAsync()
    {
        var json = await LedgerAsync();
        var ledger = new ModuleLedger(json);
        Assert.True(Delivered == ledger.Received, $"{Delivered} were delivered. {json}");
        Assert.True(ledger.Received == ledger.Outcomes, $"{json}");
        Assert.True(ledger.Folded == ledger.InSummaries, $"{json}");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
