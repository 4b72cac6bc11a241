using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <content>The start, probation, the way back, and commands.</content>
public sealed partial class SwapMachine
{
    private bool _isOnProbation;
    private bool _isStarting;
    private bool _isBack;
    private DateTimeOffset _liveSince;

    /// <summary>To be called once, first.</summary>
    /// <param name="policy">As the settings say it now: a probation that goes on is judged by it.</param>
    public IReadOnlyList<SwapEffect> Start(PolicySettings policy, DateTimeOffset now)
    {
        var effects = new List<SwapEffect>();
        _policy = policy;
        var wasOnProbation = Phase == SwapPhase.Probation;
        _started = now;
        // What was in work begins anew once the settings are told: a shadow from zero.
        if (Phase.IsInWork()) Enter(SwapPhase.Idle, now);
        Since = now;
        if (Journal.Active is not { } active) return effects;

        _isStarting = true;
        if (wasOnProbation && Journal.ProbationBoots >= MaxProbationBoots)
            return GoBack(effects, $"The model did not live for a minute in {MaxProbationBoots} starts.", now);
        if (Journal.LoadsBegunOf(active.Sha256) >= MaxLoadsBegun)
            return GoBack(effects, $"Loading the active model has ended the process {MaxLoadsBegun} times.", now);

        if (wasOnProbation) Journal = Journal with { ProbationBoots = Journal.ProbationBoots + 1 };
        Journal = Journal.WithLoadBegun(active.Sha256);
        Save(effects, now);
        effects.Add(new SwapEffect.GoLive(active, wasOnProbation && Journal.Previous is not null, _policy));
        return effects;
    }

    /// <summary>
    /// Whether a report is of a decision that was saved: a crash between the two leaves one that never was. To be asked before <see cref="Start"/>.
    /// </summary>
    public bool Stands(JObject report)
    {
        var sha256 = report["candidate"]?.Value<string>("sha256") ?? "";
        var isActive = Journal.Active?.Sha256 == sha256;
        return report.Value<string>("decision") switch
        {
            "promoting" => isActive,
            "promoted" => isActive && Phase != SwapPhase.Probation,
            "rolledBack" => !isActive,
            _ => Journal.VerdictOn(sha256)?.At.ToUnixTimeMilliseconds() == report.Value<long>("decidedAt"),
        };
    }

    /// <summary>The live model works.</summary>
    public IReadOnlyList<SwapEffect> LiveLoaded(ModelIdentity identity, DateTimeOffset now)
    {
        var effects = new List<SwapEffect>();
        (Live, Dark, _isStarting, _isBack, _liveSince) = (identity, null, false, false, now);
        if (Phase == SwapPhase.Probation) Since = now;
        Journal = Journal.WithLoadEnded(identity.Sha256);
        Save(effects, now);
        Begin(effects, now);
        return effects;
    }

    /// <summary>The live model cannot be loaded.</summary>
    /// <remarks>A damaged file, or a lack of memory: nothing is said against the model itself, which has worked before.</remarks>
    public IReadOnlyList<SwapEffect> LiveFailed(string reason, DateTimeOffset now)
    {
        if (Journal.Active is { } active) Journal = Journal.WithLoadEnded(active.Sha256);
        var effects = new List<SwapEffect>();
        // The one before failed too: there is none left.
        return _isBack
            ? GoDark(effects, $"{Journal.Reason} The model before it cannot be used: {reason}", now)
            : GoBack(effects, reason, now, isItsFault: false);
    }

    /// <summary>No model can be run here: the journal stays as it is, for an image that can.</summary>
    public IReadOnlyList<SwapEffect> LiveImpossible(string reason, DateTimeOffset now)
    {
        if (Journal.Active is { } active) Journal = Journal.WithLoadEnded(active.Sha256);
        return GoDark([], reason, now);
    }

    /// <summary>The clock was set forward, or back: what has lasted so long has still lasted so long.</summary>
    public void ClockSet(TimeSpan step)
    {
        (Since, _started, _shadowSince, _liveSince) = (Shifted(Since, step), Shifted(_started, step), Shifted(_shadowSince, step), Shifted(_liveSince, step));
        if (_saveAt is { } saveAt) _saveAt = Shifted(saveAt, step);
    }

    /// <summary>A time that is not set yet stays so.</summary>
    internal static DateTimeOffset Shifted(DateTimeOffset time, TimeSpan step) => time == default ? time : time + step;

    /// <summary>To be called now and then: at least every few seconds while something goes on.</summary>
    /// <param name="seen">Of the shadow that runs; null when none does, or for a quick look at the time only.</param>
    public IReadOnlyList<SwapEffect> Tick(ComparisonSnapshot? seen, LiveHealth health, DateTimeOffset now)
    {
        var effects = new List<SwapEffect>();
        if (_saveAt <= now) Save(effects, now);
        if (Phase is (SwapPhase.Verifying or SwapPhase.Loading or SwapPhase.SelfTest) && now - Since > LongestTest)
            return End(effects, SwapPhase.Rejected, $"Its load and self-test did not end within {LongestTest.TotalMinutes} minutes.", now);
        if (Phase.IsInShadow() && seen is not null) Judge(effects, seen, now);
        else if (Phase == SwapPhase.Probation && Live is not null) Watch(effects, seen, health, now);
        return effects;
    }

    /// <summary>The next <see cref="Tick"/> ends it, unless what is seen then speaks against it.</summary>
    public bool IsProbationOver(DateTimeOffset now) => Phase == SwapPhase.Probation && Live is not null && (now - Since).TotalMinutes >= _policy.ProbationMinutes;

    /// <summary>Lets a candidate in mode <c>improve</c> take over, as soon as the other rules hold.</summary>
    /// <returns>What to do; or why not.</returns>
    public (IReadOnlyList<SwapEffect> Effects, string? Refusal) Approve(string sha256, DateTimeOffset now)
    {
        if (_source?.Sha256 != sha256 || !Phase.IsInWork())
            return ([], $"There is no candidate {sha256} in work; the candidate is {_source?.Sha256 ?? "none"}.");
        if (_policy.Mode != SwapMode.Improve)
            return ([], $"The policy's mode is {SwapReport.Camel(_policy.Mode)}; only a candidate in mode improve is approved by a person.");
        var effects = new List<SwapEffect>();
        Journal = Journal with { Approved = sha256 };
        Save(effects, now);
        return (effects, null);
    }

    /// <summary>Puts the model before in the place of the active one.</summary>
    /// <param name="sha256">Of the model to leave: so that a command that comes late does no harm.</param>
    /// <returns>What to do; or why not.</returns>
    public (IReadOnlyList<SwapEffect> Effects, string? Refusal) Rollback(string sha256, DateTimeOffset now)
    {
        if (Journal.Active?.Sha256 != sha256) return ([], $"{sha256} is not the active model, which is {Journal.Active?.Sha256 ?? "none"}.");
        if (Journal.Previous is null) return ([], "There is no model before the active one.");
        var effects = new List<SwapEffect>();
        if (Phase.IsInWork() && _source is not null) End(effects, SwapPhase.Aborted, "The active model is rolled back.", now, begins: false);
        return (GoBack(effects, "An operator asked for it.", now), null);
    }

    /// <summary>Forgets that a candidate was rejected, was inconclusive or was rolled back.</summary>
    public (IReadOnlyList<SwapEffect> Effects, string? Refusal) Retry(string sha256, DateTimeOffset now)
    {
        if (Journal.VerdictOn(sha256) is null) return ([], $"There is no verdict on {sha256}.");
        var effects = new List<SwapEffect>();
        Journal = Journal.WithoutVerdict(sha256).WithLoadEnded(sha256);
        Save(effects, now);
        Begin(effects, now);
        return (effects, null);
    }

    private void Judge(List<SwapEffect> effects, ComparisonSnapshot seen, DateTimeOffset now)
    {
        // Once all rules held, only the approval is waited for: figures are not looked at again and again until they please or not.
        var isApproved = Journal.Approved == Sha256;
        if (AwaitsApproval && !isApproved && seen.Fatal is null && (now - _shadowSince).TotalMinutes < _policy.MaxShadowMinutes) return;
        Judgement = ShadowPolicy.Judge(_policy, seen, now - _shadowSince, isApproved);
        switch (Judgement.Decision)
        {
            case ShadowDecision.Promote:
                Promote(effects, Judgement.Reason, Judgement.Rules, seen, now);
                break;
            case ShadowDecision.Reject:
                End(effects, SwapPhase.Rejected, Judgement.Reason, now, Judgement, seen);
                break;
            case ShadowDecision.Inconclusive:
                End(effects, SwapPhase.Inconclusive, Judgement.Reason, now, Judgement, seen);
                break;
            default:
                if (Phase == SwapPhase.Shadow && (now - _shadowSince).TotalMinutes >= _policy.MinShadowMinutes)
                    Enter(SwapPhase.Extending, now, Judgement.Reason);
                break;
        }
    }

    private void Watch(List<SwapEffect> effects, ComparisonSnapshot? seen, LiveHealth health, DateTimeOffset now)
    {
        if (ShadowPolicy.WhyRollBack(_policy, seen, health) is { } reason)
        {
            GoBack(effects, reason, now, seen);
            return;
        }

        if (Journal.ProbationBoots > 0 && now - _liveSince >= GoodBoot)
        {
            Journal = Journal with { ProbationBoots = 0 };
            Save(effects, now);
        }

        if (!IsProbationOver(now)) return;
        effects.Add(new SwapEffect.EndProbation());
        var rules = seen is null ? [] : new[] { GateRules.Probation(_policy, seen) };
        Enter(SwapPhase.Promoted, now, "Probation is over.");
        effects.Add(new SwapEffect.Tell(Report(Live!, SwapPhase.Promoted, "Probation is over.", rules, seen, now)));
        Journal = (Journal with { ProbationBoots = 0 }).WithVerdict(new PastVerdict(Live!.Sha256, SwapPhase.Promoted, now, "Probation is over."));
        Settle();
        Save(effects, now);
        Begin(effects, now);
    }

    private List<SwapEffect> GoBack(
        List<SwapEffect> effects, string reason, DateTimeOffset now, ComparisonSnapshot? seen = null, bool isItsFault = true)
    {
        var left = Journal.Active!;
        var rules = seen is null ? [] : new[] { GateRules.Probation(_policy, seen) };
        effects.Add(new SwapEffect.Tell(Report(Live ?? new ModelIdentity("", "", left.Sha256), SwapPhase.RolledBack, reason, rules, seen, now)));
        Journal = Journal.WithLoadEnded(left.Sha256);
        if (isItsFault) Journal = Journal.WithVerdict(new PastVerdict(left.Sha256, SwapPhase.RolledBack, now, reason));
        Enter(SwapPhase.RolledBack, now, reason);
        Settle();
        if (Journal.Previous is not { } previous) return GoDark(effects, $"{reason} There is no model before it.", now);
        // The model that goes is no longer kept: it can be had again only as a candidate.
        Journal = Journal with { Active = previous, Previous = null, ProbationBoots = 0 };
        (_isStarting, _isBack, Live) = (true, true, null);
        Save(effects, now);
        effects.Add(new SwapEffect.GoLive(previous, IsOnProbation: false, _policy));
        return effects;
    }

    private List<SwapEffect> GoDark(List<SwapEffect> effects, string reason, DateTimeOffset now)
    {
        Enter(Phase, now, reason);
        (Live, Dark, _isStarting, _isBack) = (null, reason, false, false);
        Save(effects, now);
        effects.Add(new SwapEffect.GoDark(reason));
        Begin(effects, now);
        return effects;
    }

    private SwapReport Report(
        ModelIdentity model, SwapPhase phase, string reason, IReadOnlyList<RuleResult> rules, ComparisonSnapshot? seen, DateTimeOffset now) =>
        new(model, Before(), _policy.Mode, phase, reason, _started, now, rules, seen);

    private ModelIdentity? Before() => Journal.Previous is { } previous ? new ModelIdentity("", "", previous.Sha256) : null;
}
