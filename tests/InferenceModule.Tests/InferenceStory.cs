using System.Globalization;
using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Models;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests;

/// <summary>
/// A run that chance writes: readings of three devices with gaps, repeats, missing values and clocks that jump; restarts, snapshots, kills. The same seed gives
/// the same run. After each step the books are those of the plain program, and at the end the scores are.
/// </summary>
internal sealed class InferenceStory : IAsyncDisposable
{
    private const int Steps = 60;

    private static readonly CrashPoint[] Points = Enum.GetValues<CrashPoint>();

    private readonly TemporaryFolder _models = new();
    private readonly Random _chance;
    private readonly CrashPoint? _point;
    private readonly CrashingHost<InferenceSettings> _host;
    private readonly PlainInference _plain;
    private readonly Dictionary<string, long> _clocks = new() { ["a"] = InferenceRig.T0, ["b"] = InferenceRig.T0, ["c"] = InferenceRig.T0 };
    private readonly List<PlainReading> _told = [];
    private int _messages;

    public InferenceStory(int seed, CrashPoint? point, Volume volume)
    {
        (_chance, _point) = (new Random(seed), point);
        var normalisation = (seed % 3) switch
        {
            0 => new Normalisation { Kind = Normalisation.None },
            1 => new Normalisation { Kind = Normalisation.Static, Means = [1, 2], Deviations = [3, 0.5] },
            _ => new Normalisation { Kind = Normalisation.Ewma, HalfLifeReadings = 4, FreezeReadings = 3 },
        };
        var manifest = TinyModel.Manifest(size: seed % 4 == 0 ? 1 : 4, normalisation);
        var settings = InferenceRig.SettingsOf(manifest) with
        {
            Stride = seed % 5 == 0 ? 3 : 1, ScoreIntervalSeconds = seed % 2 == 0 ? 20 : 0, HoldReadings = 2,
            Missing = (MissingPolicy)(seed % 7 % 3), Gaps = (GapPolicy)(seed % 2),
        };
        _plain = new PlainInference(settings, manifest);
        _host = new CrashingHost<InferenceSettings>(
            () => TestModules.Create(new FakeLoader(), _models.Path, new FakeTimeProvider(InferenceRig.Start)),
            SettingsBinder.ToJson(settings), volume, InferenceRig.Start, compactAfter: 12);
    }

    public int Kills { get; private set; }

    public async Task RunAsync()
    {
        await _host.StartAsync();
        for (var i = 0; i < Steps; i++)
        {
            if (_chance.Next(3) == 0) _host.CrashAt(new Crash(_point ?? Points[_chance.Next(Points.Length)], _chance.Next(1, 3), _chance.NextDouble()));
            if (_chance.Next(12) == 0) _host.FailSends(_chance.Next(1, 3));
            if (_chance.Next(12) == 0) _host.FailSaves(_chance.Next(1, 3));
            switch (_chance.Next(10))
            {
                case 8:
                    await _host.KillAsync();
                    await RestartAsync();
                    break;
                case 9:
                    await _host.StopAsync();
                    await RestartAsync();
                    break;
                default:
                    await DeliverAsync();
                    break;
            }

            await CompareBooksAsync();
        }

        _host.CrashAt(null);
        await _host.StopAsync();
        await _host.StartAsync();
        await CompareBooksAsync();
        CompareScores();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _models.Dispose();
    }

    private async Task DeliverAsync()
    {
        var (message, readings) = NextMessage();
        var received = _plain.Counts.GetValueOrDefault("received") + readings.Count;
        var isTaken = false;
        while (true)
        {
            var isAcknowledged = await _host.DeliverAsync(message);
            if (isAcknowledged)
            {
                if (!isTaken) _plain.Take(readings);
                return;
            }

            Kills++;
            // It counts as received when it was saved; the process that comes then knows what was before it.
            do
            {
            }
            while (!await _host.StartAsync());
            if (!isTaken && await _host.AskAsync((_, ledger) => ledger.Total("received")) == received)
            {
                isTaken = true;
                _plain.Take(readings);
            }

            _plain.Restarted();
        }
    }

    private async Task RestartAsync()
    {
        while (!await _host.StartAsync()) Kills++;
        _plain.Restarted();
    }

    private (InboundMessage Message, List<PlainReading> Readings) NextMessage()
    {
        var readings = new List<PlainReading>();
        for (var left = _chance.Next(1, 12); left > 0; left--) readings.Add(NextReading());
        _told.AddRange(readings);
        var properties = new Dictionary<string, string>
        {
            [SystemProperties.MessageId] = $"m{++_messages}", [ApplicationProperties.Count] = $"{readings.Count}",
        };
        var items = readings.Select(reading => new JObject
        {
            ["deviceId"] = reading.Device, ["timestamp"] = reading.Timestamp, ["zone"] = reading.Timestamp % 7000 == 0 ? "yard" : "hall",
            ["temperature"] = reading.Temperature, ["humidity"] = reading.Humidity, ["other"] = 1,
        }.ToString(Newtonsoft.Json.Formatting.None));
        return (new InboundMessage("readings", Encoding.UTF8.GetBytes($"[{string.Join(',', items)}]"), properties), readings);
    }

    private PlainReading NextReading()
    {
        if (_told.Count > 0 && _chance.Next(15) == 0) return _told[^_chance.Next(1, Math.Min(_told.Count, 20) + 1)];
        var device = "abc"[_chance.Next(3)].ToString();
        _clocks[device] += _chance.Next(40) switch
        {
            0 => 20_000,
            1 => -200_000,
            2 => -3_000,
            _ => 1000,
        };
        return new PlainReading(device, _clocks[device], Value(0.05f), Value(3));
    }

    /// <returns>Few decimals, many, none at all, or what is not plausible.</returns>
    private float? Value(float scale) => _chance.Next(25) switch
    {
        0 => null,
        1 => 5000,
        2 => 1.1754944e-38f,
        < 10 => (float)(_chance.NextDouble() * scale * 20),
        _ => MathF.Round((float)(_chance.NextDouble() - 0.5) * scale, 2),
    };

    private async Task CompareBooksAsync()
    {
        var entries = await _host.AskAsync((_, ledger) => ledger.Entries());
        var books = entries.Where(entry => entry.Counter is not ("redelivered" or "sent"))
            .ToDictionary(entry => entry.Reason.Length == 0 ? entry.Counter : $"{entry.Counter}/{entry.Reason}", entry => entry.Readings);
        Assert.Equal(_plain.Counts, new SortedDictionary<string, long>(books, StringComparer.Ordinal));
    }

    private void CompareScores()
    {
        var byId = _host.Sent.GroupBy(message => message.MessageId!).ToList();
        Assert.All(byId, repeats => Assert.Single(repeats.Select(message => Convert.ToBase64String(message.Body.Span)).Distinct()));
        var scores = byId.SelectMany(repeats => JArray.Parse(Encoding.UTF8.GetString(repeats.First().Body.Span))).Select(item => string.Create(
            CultureInfo.InvariantCulture,
            $"{item["deviceId"]} {item["timestamp"]} {item["windowStart"]} {item["overLimitRun"]} {(float)item["score"]!:R}"));
        Assert.Equal(_plain.Scores, scores);
    }
}

public sealed class InferenceCrashTests
{
    public static TheoryData<CrashPoint?, int> InMemory()
    {
        var rows = new TheoryData<CrashPoint?, int>();
        CrashPoint?[] points = [null, .. Enum.GetValues<CrashPoint>()];
        for (var i = 0; i < points.Length; i++)
        {
            for (var seed = 1; seed <= 8; seed++) rows.Add(points[i], 8 * i + seed);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(InMemory))]
    public Task Scores_KilledAnywhere_AreThoseOfThePlainProgram(CrashPoint? point, int seed) => PlayAsync(point, seed, new MemoryVolume());

    [Theory]
    [InlineData(null, 101)]
    [InlineData(CrashPoint.InSave, 102)]
    [InlineData(CrashPoint.AfterSave, 103)]
    public Task Scores_KilledAnywhereOnFiles_AreThoseOfThePlainProgram(CrashPoint? point, int seed) => PlayAsync(point, seed, new LiteDbVolume());

    private static async Task PlayAsync(CrashPoint? point, int seed, Volume volume)
    {
        await using var story = new InferenceStory(seed, point, volume);
        await story.RunAsync();
        Assert.True(story.Kills > 0, "It was never killed.");
    }
}
