using System.Globalization;
using EdgeSimulator.Control;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tours;

/// <summary>
/// Plays the swap of a model on a suite that runs: a good candidate is promoted, a broken one rejected, and one whose fault only shows later rolled back.
/// It does what an operator would, by twins and methods, and says what comes of it.
/// </summary>
public sealed class ShadowTour(IEdgeHub hub, ISimulatorControl control, TourModels models, Terminal terminal, TimeProvider clock) : IDisposable
{
    private const string Speaker = "tour";
    private const string Promoting = "promoting";
    private const string Promoted = "promoted";
    private const string Rejected = "rejected";
    private const string RolledBack = "rolledBack";
    private const string ProbationRule = "probationAlerts";
    private static readonly string[] ProbeRules = ["featureProbeLossPoints", "probeLossPoints"];
    private static readonly string[] ToldRules = ["agreementLowerBound", "alertRatio", "stabilityIndex", "rankCorrelation", .. ProbeRules];

    /// <summary>Share of the windows that a model finds strange which has no reason to; the plant has faults of its own now and then.</summary>
    private const double MostCalm = 0.1;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MethodTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For what takes no time of the policy's: starting, a setting, a download.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>For the readings that are on their way.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromSeconds(3);

    private readonly DecisionWatch _decisions = new(hub);
    private readonly List<TourPart> _parts = [];
    private readonly long _startedAt = clock.GetTimestamp();
    private long _givenAt;

    /// <summary>Ends with the first thing that is not as told.</summary>
    public async Task<TourResult> RunAsync(CancellationToken cancellation)
    {
        var differences = new List<string>();
        try
        {
            await PlayAsync(cancellation);
        }
        catch (SimulatorException error)
        {
            differences.Add(error.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            differences.Add("The tour was interrupted.");
        }

        return new TourResult(_parts, differences, clock.GetElapsedTime(_startedAt));
    }

    public void Dispose() => _decisions.Dispose();

    private async Task PlayAsync(CancellationToken cancellation)
    {
        Say($"{TourScript.Devices} machines are watched by a model that scores what they measure.");
        Say("Three new models come to take its place, one after the other.");
        Say("Each is asked about every window beside the old one, in shadow: nothing is done with its answers until they have proved it.");
        var shortened = TourScript.Policy.Select(setting => $"{setting.Setting} {Number(PolicyOf(setting.Setting))} (by default {setting.Default})");
        Say($"Set for the tour: policy {string.Join(", ", shortened)}.");
        Say($"The sensors play {TourScript.Speed} times faster than life: a minute of the tour has {TourScript.Speed} minutes of readings.");
        await WaitAsync(() => ModelNow("status") == "scoring", Patience, $"{TourScript.Scorer} scores", cancellation);
        Say($"Active is {ModelNow("name")} {ModelNow("version")} ({ModelNow("sha256")?[..12]}…).");
        await PlayGoodAsync(cancellation);
        await PlayBlindAsync(cancellation);
        await PlayShelteredAsync(cancellation);
        await WaitAsync(() => ModelNow("sha256") == models.Good.Sha256, Patience, $"{models.Good} is active", cancellation);
        Say($"At the end {models.Good} is active: the good one of the three.");
    }

    private async Task PlayGoodAsync(CancellationToken cancellation)
    {
        Say("Part 1 of 3: a good retrain.");
        var part = await GiveAsync(models.Good, "as the repository ships it, trained on other machines of the same kind", cancellation, Promoting, Promoted);
        Explain(await ExpectAsync(part, Promoting, cancellation), ToldRules);
        Say($"It takes over. For {Number(PolicyOf("probationMinutes"))} minutes the old model now goes along, so that a mistake would show.");
        Explain(await ExpectAsync(part, Promoted, cancellation), [ProbationRule]);
    }

    private async Task PlayBlindAsync(CancellationToken cancellation)
    {
        Say($"Part 2 of 3: a retrain that does not see {TourModels.BlindTo}, as when a column was lost on the way to the training.");
        var part = await GiveAsync(models.Blind, "made by the tour", cancellation, Rejected);
        var report = await ExpectAsync(part, Rejected, cancellation);
        Explain(report, [.. ToldRules.Take(1), .. report.BrokenRules]);
        if (!report.BrokenRules.Intersect(ProbeRules).Any())
        {
            var (broken, expected) = (string.Join(", ", report.BrokenRules), string.Join(" or ", ProbeRules));
            throw new SimulatorException($"{models.Blind} was rejected by {broken}; it must be by {expected}.");
        }

        if (ModelNow("sha256") != models.Good.Sha256) throw new SimulatorException($"{ModelNow("sha256")} is active; it must be {models.Good}.");
        Say("On a day like any other it agrees with the active model, since faults are rare. So the module puts faults into copies of windows.");
        if (report.ProbesOf(models.Unseen) is var (asked, live, candidate))
            Say($"Of {asked:N0} such faults in {TourModels.BlindTo} the active model found {live:N0}, and the candidate {candidate:N0}. Nothing was swapped.");
    }

    private async Task PlayShelteredAsync(CancellationToken cancellation)
    {
        Say("Part 3 of 3: a model that is good as long as the machines stand still, as if it had been trained on a weekend.");
        await MovePlantAsync(TourScript.Saturday, isWorking: false, "Saturday, 02:00: the machines stand still.", cancellation);
        await Task.Delay(OnTheWay, clock, cancellation);
        var part = await GiveAsync(models.Sheltered, "made by the tour", cancellation, Promoting, RolledBack);
        Explain(await ExpectAsync(part, Promoting, cancellation), ToldRules);
        Say("On what there was to see it is as good as the active one: it takes over, on probation.");
        await MovePlantAsync(TourScript.Monday, isWorking: true, "Monday, 06:00: the machines start.", cancellation);
        var report = await ExpectAsync(part, RolledBack, cancellation);
        Explain(report, [ProbationRule]);
        if (!report.BrokenRules.Contains(ProbationRule))
            throw new SimulatorException($"{models.Sheltered} was rolled back, but {ProbationRule} is not what broke: {report.Reason}");
        if (report.OverLimit is not { } over || over.Before > MostCalm * over.Blocks)
            throw new SimulatorException($"{models.Good} did not stay calm when the machines started: {report.Reason}");
        Say($"The model before, which knows machines at work, took {over.Before:N0} of the same {over.Blocks:N0} windows for strange: the plant is well.");
    }

    private async Task<TourPart> GiveAsync(TourModel model, string origin, CancellationToken cancellation, params string[] expected)
    {
        Say($"Candidate {model}, {origin}: {model.Url}");
        var part = new TourPart(model, expected, []);
        _parts.Add(part);
        _givenAt = clock.GetTimestamp();
        await SetAsync(TourScript.Scorer, new JObject { ["candidate"] = model.ToSource() }, cancellation);
        return part;
    }

    private async Task MovePlantAsync(DateTimeOffset to, bool isWorking, string text, CancellationToken cancellation)
    {
        Say(text);
        await SetAsync(TourScript.Source, TourScript.Plant(to, isWorking), cancellation);
    }

    private async Task SetAsync(string module, JObject patch, CancellationToken cancellation)
    {
        var version = control.PatchDesired(module, patch).Version;
        Acknowledgement? answer = null;
        var what = $"{module} has taken its settings";
        await WaitAsync(() => (answer = Acknowledgement.Find(Reported(module), version)) is not null, Patience, what, cancellation);
        if (answer!.Applied) return;
        throw new SimulatorException($"{module} refused {patch.ToString(Formatting.None)}: {string.Join(" ", answer.Lines([]))}");
    }

    /// <summary>Waits for the next decision on the part's candidate, and tells now and then how far it is.</summary>
    /// <exception cref="SimulatorException">It is another one, or does not come.</exception>
    private async Task<DecisionReport> ExpectAsync(TourPart part, string decision, CancellationToken cancellation)
    {
        var patience = TimeSpan.FromMinutes(PolicyOf("maxShadowMinutes") + PolicyOf("probationMinutes")) + Patience;
        var (start, toldAt) = (clock.GetTimestamp(), clock.GetTimestamp());
        while (clock.GetElapsedTime(start) < patience)
        {
            if (_decisions.Take() is { } report)
            {
                if (report.Candidate != part.Candidate.Sha256) continue;
                part.Decisions.Add(new TourDecision(clock.GetElapsedTime(_givenAt), report));
                if (report.Decision == decision) return report;
                Explain(report, report.BrokenRules);
                throw new SimulatorException($"{part.Candidate} was decided on with {report.Decision}; it must be {decision}. {report.Reason}");
            }

            if (clock.GetElapsedTime(toldAt) >= TellEvery)
            {
                toldAt = clock.GetTimestamp();
                await TellProgressAsync(cancellation);
            }

            await Task.Delay(Tick, clock, cancellation);
        }

        throw new SimulatorException($"Nothing was decided on {part.Candidate} within {patience.TotalMinutes:0.#} minutes; it must be {decision}.");
    }

    private async Task TellProgressAsync(CancellationToken cancellation)
    {
        if (await AskAsync(cancellation) is not { } swap) return;
        var phase = swap.Value<string>("phase");
        if (swap["progress"] is not JObject seen)
        {
            Tell($"{phase}.");
            return;
        }

        var (blocks, both) = (seen.Value<long>("blocks"), seen.Value<long>("both"));
        var (live, shadow) = (both + seen.Value<long>("onlyLive"), both + seen.Value<long>("onlyShadow"));
        var other = phase == "probation" ? "the one before" : "the candidate";
        var probes = (seen["probes"] as JArray ?? []).OfType<JArray>().ToList();
        var asked = probes.Sum(probe => probe[0].Value<long>());
        var injected = asked == 0
            ? ""
            : $"; of {asked:N0} injected faults the active model found {probes.Sum(probe => probe[1].Value<long>()):N0}, "
                + $"the candidate {probes.Sum(probe => probe[2].Value<long>()):N0}";
        Tell($"{phase}: {blocks:N0} separate windows; over the limit: {live:N0} for the active model, {shadow:N0} for {other}{injected}.");
    }

    /// <returns>Null when it does not answer: the decision is waited for all the same.</returns>
    private async Task<JObject?> AskAsync(CancellationToken cancellation)
    {
        try
        {
            var answer = await control.InvokeAsync(TourScript.Scorer, "getShadowReport", null, MethodTimeout, cancellation);
            return answer is { Status: 200, Payload: JObject payload } ? payload["swap"] as JObject : null;
        }
        catch (SimulatorException)
        {
            return null;
        }
    }

    private void Explain(DecisionReport report, IEnumerable<string> rules)
    {
        Say($"Decided: {report.Decision}. {report.Reason}");
        foreach (var rule in rules.Distinct())
        {
            if (report.Describe(rule) is { } line) Tell(line);
        }
    }

    private async Task WaitAsync(Func<bool> condition, TimeSpan patience, string what, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        while (!condition())
        {
            if (clock.GetElapsedTime(start) >= patience) throw new SimulatorException($"Waited {patience.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(Tick, clock, cancellation);
        }
    }

    /// <summary>As the twin has it, where that is a number: what the user sets goes before what the tour sets.</summary>
    private double PolicyOf(string setting) =>
        control.GetTwin(TourScript.Scorer)["desired"]?["policy"]?[setting] is JValue { Value: double or long } value
            ? value.Value<double>()
            : TourScript.Policy.First(known => known.Setting == setting).Value;

    private string? ModelNow(string name) => (Reported(TourScript.Scorer)["model"] as JObject)?.Value<string?>(name);

    private JObject Reported(string module) => control.GetTwin(module)["reported"] as JObject ?? [];

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private void Say(string text) => terminal.Line(Speaker, text);

    private void Tell(string text) => terminal.Line(Speaker, $"  {text}");
}
