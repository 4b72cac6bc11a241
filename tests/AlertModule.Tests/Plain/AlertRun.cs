using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing.Crashing;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests.Plain;

/// <summary>
/// A script played to the module under the real pump, and to the plain module as if there were no crashes: of a step that a crash struck, the disk tells
/// whether it was done. What a lost step may have sent, a command, it must have sent under an id that its repetition uses.
/// </summary>
internal sealed class AlertRun : IAsyncDisposable
{
    private readonly InMemoryStateStore _disk;
    private readonly CrashingHost<AlertSettings> _host;
    private readonly List<(PlainStep Step, DateTimeOffset Now)> _history = [];
    private readonly List<SentLine> _expected = [];
    private readonly HashSet<string> _maybeCommands = [];
    private readonly HashSet<string> _maybeTwice = [];
    private readonly PlainModule _plain = new();
    private IReadOnlyList<SentLine> _last = [];
    private JObject _desired = [];
    private int _number;

    private AlertRun(int compactAfter)
    {
        var volume = new MemoryVolume();
        _disk = (InMemoryStateStore)volume.Open();
        _host = new CrashingHost<AlertSettings>(() => new AlertModule(), [], volume, AlertScript.Start, compactAfter);
    }

    /// <returns>The first difference; null when there is none.</returns>
    public static async Task<string?> PlayAsync(IReadOnlyList<ScriptStep> script, int compactAfter)
    {
        await using var run = new AlertRun(compactAfter);
        foreach (var step in script) await run.PlayAsync(step);
        run._host.CrashAt(null);
        await run.LiveAsync();
        return run.Difference() ?? await run.DifferenceOfBooksAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task PlayAsync(ScriptStep step)
    {
        switch (step)
        {
            case ScriptStep.Deliver deliver:
                await DeliverAsync(deliver.Message);
                break;
            case ScriptStep.Call call:
                await LiveAsync();
                var (name, payload) = MethodOf(call.Method);
                await DoAsync(call.Method, async () => await _host.CallAsync(name, payload) is not null);
                break;
            case ScriptStep.Configure configure:
                // Saved apart, and in force with the next process at the latest; the books are saved before.
                var before = _disk.Appends;
                var isAlive = _host.IsAlive;
                var survives = await _host.ConfigureAsync(configure.Desired);
                if (!JToken.DeepEquals(configure.Desired, _desired)) Do(new PlainStep.Configure(SettingsOf(configure.Desired)));
                _desired = configure.Desired;
                if (isAlive) Tick(survives, _disk.Appends - before - 1);
                break;
            case ScriptStep.Advance advance:
                var saves = _disk.Appends;
                var wasAlive = _host.IsAlive;
                var lives = await _host.AdvanceAsync(TimeSpan.FromSeconds(advance.Seconds));
                if (wasAlive) Tick(lives, _disk.Appends - saves);
                break;
            case ScriptStep.Kill when _host.IsAlive:
                await _host.KillAsync();
                break;
            case ScriptStep.CrashAt at:
                _host.CrashAt(at.Crash);
                break;
        }
    }

    private async Task DeliverAsync(PlainStep step)
    {
        var message = MessageOf(step, $"m{_number++}");
        var isDone = false;
        do
        {
            await LiveAsync();
            var before = _disk.Appends;
            var survives = await _host.DeliverAsync(message);
            var saves = _disk.Appends - before;
            if (!isDone && (survives || saves > 0))
            {
                Do(step);
                (isDone, saves) = (true, saves - 1);
            }
            else if (!isDone)
            {
                Lose(step);
                continue;
            }

            Tick(survives, saves);
            if (survives) return;
        }
        while (true);
    }

    private async Task DoAsync(PlainStep step, Func<Task<bool>> act)
    {
        var before = _disk.Appends;
        var survives = await act();
        var saves = _disk.Appends - before;
        if (survives || saves > 0) Do(step);
        else Lose(step);
        Tick(survives, saves - 1);
    }

    private async Task LiveAsync()
    {
        while (!_host.IsAlive)
        {
            // What the process before did last may not have been sent.
            foreach (var line in _last) _maybeTwice.Add(line.Id);
            var before = _disk.Appends;
            Do(new PlainStep.Start());
            var survives = await _host.StartAsync();
            Tick(survives, _disk.Appends - before);
        }
    }

    private void Tick(bool survives, int saves)
    {
        if (!_plain.IsTickDue(_host.Now)) return;
        if (survives || saves > 0) Do(new PlainStep.Tick());
        else Lose(new PlainStep.Tick());
    }

    private void Do(PlainStep step)
    {
        _history.Add((step, _host.Now));
        var lines = _plain.Do(step, _host.Now);
        _expected.AddRange(lines);
        if (lines.Count > 0) _last = lines;
    }

    private void Lose(PlainStep step)
    {
        var trial = new PlainModule();
        foreach (var (done, now) in _history) trial.Do(done, now);
        foreach (var command in trial.Do(step, _host.Now).Where(line => line.Output == "commands"))
        {
            _maybeCommands.Add(command.Id);
            _maybeTwice.Add(command.Id);
        }
    }

    private string? Difference()
    {
        var sent = _host.Sent.Select(message => (Line: SentLine.Of(message), Message: message)).ToList();
        foreach (var same in sent.GroupBy(one => one.Line.Id).Where(same => same.Count() > 1))
        {
            if (same.Any(one => !one.Message.Body.Span.SequenceEqual(same.First().Message.Body.Span))) return $"One id with several contents: {string.Join("; ", same.Select(one => one.Line))}";
            if (!_maybeTwice.Contains(same.Key)) return $"Sent twice without need: {same.First().Line}";
        }

        var lines = sent.Select(one => one.Line).DistinctBy(line => line.Id).ToList();
        foreach (var alarm in _expected.Concat(lines).Select(line => (line.Rule, line.Subject)).Distinct())
        {
            var (expected, actual) = (Of(_expected, "alerts", alarm), Of(lines, "alerts", alarm));
            if (FirstDifference(expected, actual) is { } difference) return $"Alarm {alarm.Rule}/{alarm.Subject}, {difference}";
            expected = Of(_expected, "commands", alarm);
            actual = [.. Of(lines, "commands", alarm).Where(line => expected.Contains(line) || !_maybeCommands.Contains(line.Id))];
            // One that was sent in vain and sent anew came first.
            if (FirstDifference([.. expected.OrderBy(line => line.Id, StringComparer.Ordinal)], [.. actual.OrderBy(line => line.Id, StringComparer.Ordinal)]) is { } other)
                return $"Commands of {alarm.Rule}/{alarm.Subject}, {other}";
        }

        foreach (var line in _expected.Where(line => line.Output == "commands"))
        {
            var alert = lines.FindIndex(other => other.Id == $"alert{line.Id["command".Length..]}");
            if (alert >= 0 && alert < lines.IndexOf(line)) return $"The alert before its command: {line}";
        }

        return null;
    }

    private Task<string?> DifferenceOfBooksAsync() => _host.AskAsync((_, ledger) => _plain.Books
        .Select(entry => (entry, Total: ledger.Total(entry.Key.Split('/')[0], entry.Key.Contains('/') ? entry.Key.Split('/')[1] : "")))
        .Where(pair => pair.Total != pair.entry.Value)
        .Select(pair => $"In the books {pair.entry.Key} is {pair.Total} and must be {pair.entry.Value}.").FirstOrDefault());

    private static List<SentLine> Of(IEnumerable<SentLine> lines, string output, (string Rule, string Subject) alarm) =>
        [.. lines.Where(line => line.Output == output && line.Rule == alarm.Rule && line.Subject == alarm.Subject)];

    private static string? FirstDifference(List<SentLine> expected, List<SentLine> actual)
    {
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            if (i < expected.Count && i < actual.Count && expected[i].Equals(actual[i])) continue;
            return $"message {i + 1}:\n  must be {(i < expected.Count ? expected[i] : "none")}\n  and is  {(i < actual.Count ? actual[i] : "none")}";
        }

        return null;
    }

    private static InboundMessage MessageOf(PlainStep step, string id)
    {
        var items = step is PlainStep.Readings readings
            ? readings.Items.Select(reading => Json(
                [("deviceId", reading.Device), ("zone", reading.Zone), ("timestamp", reading.At), .. reading.Metrics().Select(metric => (metric.Metric, (JToken?)metric.Value))]))
            : ((PlainStep.Scores)step).Items.Select(score => Json([("deviceId", score.Device), ("model", score.Model), ("timestamp", score.At), ("score", score.Score)]));
        var body = new JArray(items).ToString(Formatting.None);
        return new InboundMessage(step is PlainStep.Readings ? "readings" : "scores", Encoding.UTF8.GetBytes(body), new Dictionary<string, string> { [SystemProperties.MessageId] = id });
    }

    private static (string Name, JObject Payload) MethodOf(PlainStep method) => method switch
    {
        PlainStep.Silence silence => ("silence", Json([("deviceId", silence.Device), ("rule", silence.Rule), ("seconds", silence.Seconds)])),
        PlainStep.Acknowledge which => ("acknowledge", Json([("deviceId", which.Device), ("rule", which.Rule)])),
        _ => throw new ArgumentException($"{method} is no method.", nameof(method)),
    };

    private static JObject Json((string Name, JToken? Value)[] properties) =>
        new(properties.Where(property => property.Value is not (null or JValue { Value: null })).Select(property => new JProperty(property.Name, property.Value)));

    private static AlertSettings SettingsOf(JObject desired) => SettingsBinder.Bind<AlertSettings>(desired, new SettingErrors());
}
