using System.Globalization;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Uplink.Tests;

/// <summary>
/// A run that chance writes: messages of both lanes, a cloud that goes and comes back, time that passes, restarts, kills at one kind of point or at any, sends
/// and saves that fail. The same seed gives the same run. After each step the books are looked at, and at the end what the cloud has.
/// </summary>
internal sealed class CrashStory : IAsyncDisposable
{
    private const int Steps = 60;

    private static readonly CrashPoint[] AnyPoint = Enum.GetValues<CrashPoint>();

    private readonly Random _chance;
    private readonly CrashPoint? _point;
    private readonly MemoryFolder _folder = new();
    private readonly FakeProbe _probe = new();
    private readonly CrashingHost<UplinkSettings> _host;
    private readonly Dictionary<string, int> _taken = [];
    private readonly List<string> _story = [];
    private int _kills;

    /// <param name="point">Where it is killed; null for anywhere.</param>
    public CrashStory(int seed, CrashPoint? point, Volume volume)
    {
        (_chance, _point) = (new Random(seed), point);
        var settings = new UplinkSettings
        {
            NormalSeconds = 60, LowSeconds = 120, BatchUnits = 1, Compression = seed % 2 == 0 ? BatchCompression.Gzip : BatchCompression.None,
            BacklogMessagesPerSecond = 0.2, DailyMeteredUnits = seed % 3 == 0 ? 2000 : 0,
        };
        _host = new CrashingHost<UplinkSettings>(
            () => new UplinkModule(new UplinkSurroundings(_folder, _probe, "hub.example"), UplinkRig.Telemetry(new RecordingLogger())),
            SettingsBinder.ToJson(settings), volume, UplinkRig.Start, compactAfter: 12);
    }

    public int Kills => _kills;

    public IEnumerable<string> Story => _story;

    public async Task RunAsync()
    {
        await _host.StartAsync();
        for (var i = 0; i < Steps; i++)
        {
            await StepAsync();
            await CompareBooksAsync();
        }

        _host.CrashAt(null);
        _story.Add("the end");
        _probe.Trouble = null;
        for (var i = 0; i < 200; i++) Assert.True(await _host.AdvanceAsync(TimeSpan.FromSeconds(60)));
        await CompareBooksAsync();
        Assert.Equal(0, await _host.AskAsync((module, _) => module.Held));
        await _host.StopAsync();
        CompareCloud();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task StepAsync()
    {
        if (_chance.Next(3) == 0) Arm();
        if (_chance.Next(10) == 0) _host.FailSends(_chance.Next(1, 4));
        if (_chance.Next(10) == 0) _host.LoseAnswers(_chance.Next(1, 3));
        if (_chance.Next(15) == 0) _host.FailSaves(_chance.Next(1, 3));
        switch (_chance.Next(20))
        {
            case < 12:
                await DeliverAsync();
                break;
            case < 15:
                var seconds = _chance.Next(1, 90);
                _story.Add($"{seconds} s pass");
                if (!await _host.AdvanceAsync(TimeSpan.FromSeconds(seconds))) await RestartAfterKillAsync();
                break;
            case < 18:
                _probe.Trouble = _probe.Trouble is null ? "Nobody answers." : null;
                _story.Add($"the cloud: {_probe.Trouble ?? "well"}");
                for (var i = 0; i < 4; i++)
                {
                    if (!await _host.AdvanceAsync(TimeSpan.FromSeconds(30))) await RestartAfterKillAsync();
                }

                break;
            case 18:
                _story.Add("killed");
                await _host.KillAsync();
                await RestartAsync();
                break;
            case 19:
                _story.Add("stopped");
                if (!await _host.StopAsync()) _kills++;
                await RestartAsync();
                break;
        }
    }

    private void Arm()
    {
        var crash = new Crash(_point ?? AnyPoint[_chance.Next(AnyPoint.Length)], _chance.Next(1, 4), _chance.NextDouble());
        _story.Add($"{crash}");
        _host.CrashAt(crash);
    }

    /// <summary>The hub delivers a message until it is acknowledged.</summary>
    private async Task DeliverAsync()
    {
        var (id, count) = (string.Create(CultureInfo.InvariantCulture, $"m{_taken.Count + 1}"), _chance.Next(1, 9));
        var noise = new byte[_chance.Next(10, 900)];
        _chance.NextBytes(noise);
        _taken[id] = count;
        var message = UplinkRig.Message(_chance.Next(3) == 0 ? "low" : "normal", id, count, $"\"{Convert.ToHexString(noise)}\"");
        _story.Add($"{id} of {noise.Length} on {message.Input}");
        while (!await _host.DeliverAsync(message)) await RestartAfterKillAsync();
    }

    private async Task RestartAfterKillAsync()
    {
        _kills++;
        _story.Add("died");
        await RestartAsync();
    }

    private async Task RestartAsync()
    {
        while (!await _host.StartAsync()) _kills++;
    }

    private async Task CompareBooksAsync()
    {
        var (received, batched, recovered, held, lost) = await _host.AskAsync((module, ledger) => (
            ledger.Total(Ledger.Received), ledger.Total("batched"), ledger.Total("recovered"), module.Held, ledger.Total(Ledger.Dropped, "lostBatch")));
        Assert.Equal(_taken.Values.Sum(count => (long)count), received);
        Assert.Equal(received + recovered, batched + held);
        Assert.Equal(0, lost);
    }

    private void CompareCloud()
    {
        var (reader, arrived) = (new BatchReader(), new Dictionary<string, int>());
        foreach (var message in _host.Sent.Where(message => message.Output == "batches"))
        {
            var batch = reader.Read(message.Body, message.Properties[SystemProperties.ContentEncoding]);
            foreach (var member in batch.Members) arrived.Add(member.Id, member.Count);
        }

        Assert.Equal(_taken.OrderBy(message => message.Key), arrived.OrderBy(message => message.Key));
        // A batch that was sent again is the same, byte for byte.
        foreach (var batch in _host.Sent.Where(message => message.Output == "batches").GroupBy(message => message.MessageId))
            Assert.Single(batch.Select(message => Convert.ToHexString(message.Body.Span)).Distinct());
        // What stays is of the last step at most: the files of what was sent go with the step after it.
        Assert.True(_folder.Files.Count <= 2, string.Join(' ', _folder.Files.Keys));
    }
}
