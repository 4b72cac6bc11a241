using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing.Crashing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Aggregation.Tests;

/// <summary>
/// A run that chance writes: readings of three devices, late ones, repeated ones, clocks that jump, silences, restarts, kills at one kind of point or at any,
/// sends and saves that fail. The same seed gives the same run. After each step the books are looked at, and at the end the windows.
/// </summary>
internal sealed class CrashStory : IAsyncDisposable
{
    private const int Steps = 40;

    private static readonly CrashPoint[] AnyPoint = Enum.GetValues<CrashPoint>();

    private readonly Random _chance;
    private readonly CrashPoint? _point;
    private readonly AggregatorSettings _settings;
    private readonly CrashingHost<AggregatorSettings> _host;
    private readonly PlainAggregator _plain;
    private readonly Dictionary<string, long> _clocks = new() { ["a"] = 0, ["b"] = 0, ["c"] = 0 };
    private readonly List<PlainReading> _told = [];
    private readonly List<string> _story = [];
    private readonly bool _resets;
    private int _messages;
    private int _invalid;
    private bool _hasReset;

    /// <param name="point">Where it is killed; null for anywhere.</param>
    public CrashStory(int seed, CrashPoint? point, Volume volume)
    {
        (_chance, _point) = (new Random(seed), point);
        _resets = seed % 8 == 0;
        _settings = new AggregatorSettings
        {
            WindowSeconds = 10, ZoneWindowSeconds = 30, AllowedLatenessSeconds = 3, IdleSeconds = 20, LingerSeconds = 2, ReviseSeconds = 20,
            MaxFutureSeconds = seed % 3 == 0 ? 5 : 60,
            LateReadings = seed % 2 == 0 ? LateReadings.Revise : LateReadings.Drop, EmitInvalid = true,
            Statistics = new StatisticsSettings { Stddev = true, First = true, Last = true, P50 = true, P95 = true, P99 = true },
        };
        _plain = new PlainAggregator(_settings);
        _host = new CrashingHost<AggregatorSettings>(
            () => new AggregatorModule(new WindowAggregator()), Hosting.Settings.SettingsBinder.ToJson(_settings), volume,
            DateTimeOffset.FromUnixTimeMilliseconds(AggregatorRig.T0 + 100_000), compactAfter: 15);
    }

    public int Kills { get; private set; }

    public IEnumerable<string> Story => _story;

    private long Now => _host.Now.ToUnixTimeMilliseconds();

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
        // The windows close, and what waits to be sent is.
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await _host.AdvanceAsync(TimeSpan.FromSeconds(_settings.IdleSeconds)));
            _plain.PassTime(Now);
        }

        await _host.StopAsync();
        await _host.StartAsync();
        await CompareBooksAsync();
        var (open, held) = await _host.AskAsync((module, _) => (Open(module), module.Held));
        Assert.Equal((0, 0), (open, held));
        await CompareMessagesAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static long Open(Hosting.EdgeModule<AggregatorSettings> module) => module.Gauges.Single(gauge => gauge.Key == "open").Value;

    private async Task StepAsync()
    {
        if (_chance.Next(3) == 0) Arm();
        if (_chance.Next(10) == 0) _host.FailSends(Told("failing sends:", _chance.Next(1, 4)));
        if (_chance.Next(10) == 0) _host.LoseAnswers(Told("lost answers:", _chance.Next(1, 3)));
        if (_chance.Next(15) == 0) _host.FailSaves(Told("failing saves:", _chance.Next(1, 3)));
        switch (_chance.Next(20))
        {
            case < 14:
                await DeliverAsync();
                break;
            case < 17:
                await PassTimeAsync(_chance.Next(4) == 0 ? 25 : _chance.Next(1, 13));
                break;
            case 17:
                _story.Add("killed");
                await _host.KillAsync();
                await RestartAsync();
                break;
            case 18:
                _story.Add("stopped");
                if (!await _host.StopAsync()) Kills++;
                await RestartAsync();
                break;
            case 19 when _resets:
                _story.Add("reset");
                _hasReset = true;
                if (!await _host.ResetAsync()) await RestartAfterKillAsync();
                break;
        }

        _plain.PassTime(Now);
    }

    private void Arm()
    {
        var crash = new Crash(_point ?? AnyPoint[_chance.Next(AnyPoint.Length)], _chance.Next(1, 4), _chance.NextDouble());
        _story.Add($"{crash}");
        _host.CrashAt(crash);
    }

    private int Told(string what, int count)
    {
        _story.Add($"{what} {count}");
        return count;
    }

    private async Task PassTimeAsync(int seconds)
    {
        _story.Add($"{seconds} s pass");
        if (!await _host.AdvanceAsync(TimeSpan.FromSeconds(seconds))) await RestartAfterKillAsync();
    }

    /// <summary>The hub delivers a message until it is acknowledged; it counts as received when it was saved.</summary>
    private async Task DeliverAsync()
    {
        var (message, readings, invalid) = NextMessage();
        var received = _plain.Received + _invalid + readings.Count + invalid;
        var isTaken = false;
        while (true)
        {
            var now = Now;
            var isAcknowledged = await _host.DeliverAsync(message);
            if (!isAcknowledged) await RestartAfterKillAsync();
            if (!isTaken && (isAcknowledged || await ReceivedAsync() == received))
            {
                isTaken = true;
                _plain.Take(now, readings);
                _invalid += invalid;
            }

            _plain.PassTime(Now);
            if (isAcknowledged) break;
        }

        // The answer of the acknowledgement is lost: it comes once more, to the same process.
        if (_chance.Next(10) != 0) return;
        _story.Add("again");
        if (!await _host.DeliverAsync(message)) await RestartAfterKillAsync();
    }

    private async Task RestartAfterKillAsync()
    {
        Kills++;
        _story.Add("was killed");
        await RestartAsync();
    }

    private async Task RestartAsync()
    {
        do
        {
            var seconds = _chance.Next(3) == 0 ? _chance.Next(30) : 0;
            await _host.AdvanceAsync(TimeSpan.FromSeconds(seconds));
            // A crash that comes while the last one is made good.
            if (_chance.Next(4) == 0) Arm();
            _story.Add($"starts {seconds} s later");
        }
        while (!await _host.StartAsync());
    }

    private (InboundMessage Message, List<PlainReading> Readings, int Invalid) NextMessage()
    {
        var readings = new List<PlainReading>();
        for (var left = _chance.Next(1, 9); left > 0; left--) readings.Add(NextReading());
        _told.AddRange(readings);
        var invalid = _chance.Next(8) == 0 ? 1 : 0;
        var items = readings.Select(ToJson).Concat(Enumerable.Repeat("5", invalid));
        var properties = new Dictionary<string, string>
        {
            [SystemProperties.ConnectionModuleId] = "sensor",
            [SystemProperties.MessageId] = $"m{++_messages}",
            [ApplicationProperties.Count] = $"{readings.Count + invalid}",
        };
        _story.Add($"m{_messages}: {string.Join(' ', readings)}{(invalid > 0 ? " and one that is none" : "")}");
        return (new InboundMessage("readings", Encoding.UTF8.GetBytes($"[{string.Join(',', items)}]"), properties), readings, invalid);
    }

    private PlainReading NextReading()
    {
        if (_told.Count > 0 && _chance.Next(12) == 0) return _told[^_chance.Next(1, Math.Min(_told.Count, 30) + 1)];
        var device = "abc"[_chance.Next(3)].ToString();
        if (_chance.Next(60) == 0) _clocks[device] += _chance.Next(2) == 0 ? 200_000 : -200_000;
        var offset = _chance.Next(20) switch
        {
            < 13 => _chance.Next(-2_000, 1_000),
            < 18 => _chance.Next(-25_000, 0),
            18 => _chance.Next(-90_000, 0),
            // One leap, refuted by the next reading.
            _ => 150_000,
        };
        var timestamp = (Now + _clocks[device] + offset) / 500 * 500;
        var value = _chance.Next(-5_000, 5_000) / 100m;
        return _chance.Next(3) == 0
            ? new PlainReading(device, timestamp, ("t", value), ("p", 1_000_000_000m + value / 10_000))
            : new PlainReading(device, timestamp, ("t", value));
    }

    private static string ToJson(PlainReading reading)
    {
        var json = new JObject { ["deviceId"] = reading.Device, ["zone"] = reading.Device == "c" ? "yard" : "hall", ["timestamp"] = reading.Timestamp };
        foreach (var (metric, value) in reading.Values) json[metric] = value;
        return json.ToString(Newtonsoft.Json.Formatting.None);
    }

    private Task<long> ReceivedAsync() => _host.AskAsync((_, ledger) => ledger.Total("received"));

    private async Task CompareBooksAsync()
    {
        var (entries, open, held) = await _host.AskAsync((module, ledger) => (ledger.Entries(), Open(module), module.Held));
        var books = entries.ToDictionary(entry => (entry.Counter, entry.Reason), entry => entry.Readings);
        long Total(string counter, string reason = "") => books.GetValueOrDefault((counter, reason));
        var dropped = books.Where(entry => entry.Key.Counter == "dropped").Sum(entry => entry.Value);
        var (future, invalid) = (Total("dropped", "future"), Total("invalid", "notAReading"));
        Assert.Equal(Total("received"), Total("folded") + Total("late") + Total("duplicate") + invalid + dropped + held);
        Assert.Equal(Total("folded"), Total("summarized") + open + Total("forgotten"));
        if (_hasReset) return;
        Assert.Equal(
            (_plain.Received + _invalid, _plain.Folded, _plain.Late, _plain.Duplicates, _plain.Future, _plain.ClockResets, _plain.Held, _invalid),
            (Total("received"), Total("folded"), Total("late"), Total("duplicate"), future, Total("clockResets"), held, invalid));
    }

    private async Task CompareMessagesAsync()
    {
        var byId = _host.Sent.GroupBy(message => message.MessageId!).ToList();
        Assert.All(byId, repeats => Assert.Single(repeats.Select(message => Convert.ToBase64String(message.Body.Span)).Distinct()));
        var messages = byId.Select(repeats => repeats.First()).ToList();
        foreach (var output in messages.GroupBy(message => message.Output))
        {
            Assert.Equal(output.Sum(message => message.Count), await _host.AskAsync((_, ledger) => ledger.Total("sent", output.Key)));
            Assert.Equal(output.Sum(message => message.Count), Items(output.Key).Count);
        }

        if (_hasReset) return;
        if (FinalWindows.FirstDifference(_plain, Items("aggregates")) is { } difference) Assert.Fail(difference);
        Assert.Equal((_plain.Late, _invalid), (Items("late").Count, Items("invalid").Count));
        var zones = Items("zones").GroupBy(item => (item["zone"], item["windowStart"])).Select(revisions => revisions.MaxBy(item => (int)item["revision"]!)!);
        Assert.Equal(_plain.Folded, zones.Sum(zone => (long)zone["readingCount"]!) + await _host.AskAsync((_, ledger) => ledger.Total("zoneLate")));

        List<JObject> Items(string output)
        {
            var bodies = messages.Where(message => message.Output == output).Select(message => Encoding.UTF8.GetString(message.Body.Span));
            return [.. bodies.SelectMany(JArray.Parse).Cast<JObject>()];
        }
    }
}
