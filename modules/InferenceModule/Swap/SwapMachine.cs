namespace EdgeModules.Inference.Swap;

/// <summary>
/// The swap of a model as a state machine: what happens goes in, what is to be done comes out, the time is an argument. Not thread-safe. What is to be done
/// carries a ticket; an answer with an old ticket is about a candidate that is no more, and is ignored.
/// </summary>
public sealed partial class SwapMachine
{
    public const int MaxMismatches = 3;
    public const int MaxLoadsBegun = 2;
    public const int MaxProbationBoots = 3;

    /// <summary>In probation: a start that lived this long was a good one.</summary>
    public static readonly TimeSpan GoodBoot = TimeSpan.FromSeconds(60);

    /// <summary>What hangs so long does not come back.</summary>
    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan SaveAgain = TimeSpan.FromSeconds(10);

    private ModelSource? _bootstrap;
    private ModelSource? _wanted;
    private ModelSource? _source;
    private PolicySettings _policy = new();
    private ModelIdentity? _candidate;
    private IReadOnlyList<RuleResult> _selfTest = [];
    private DateTimeOffset _started;
    private DateTimeOffset? _saveAt;
    private DateTimeOffset _shadowSince;
    private bool _loadIsCounted;
    private bool _isTold;
    private int _ticket;
    private int _mismatches;

    public SwapMachine(ModelJournal journal) => Journal = journal;

    public ModelJournal Journal { get; private set; }

    public SwapPhase Phase => Journal.Phase;

    /// <summary>When the present phase began.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>The live model, once it is known to work.</summary>
    public ModelIdentity? Live { get; private set; }

    /// <summary>The last judgement on the candidate in shadow.</summary>
    public Judgement? Judgement { get; private set; }

    /// <summary>Why there is no model to work with; null when there is one, or one is on its way.</summary>
    public string? Dark { get; private set; }

    /// <summary>What is being brought in; null when nothing is.</summary>
    public ModelSource? Source => _source;

    /// <summary>What became of the last command in the settings; null when there was none.</summary>
    public CommandAnswer? Answer { get; private set; }

    /// <summary>The setting <c>active</c> names a model that is neither the active one nor the one before.</summary>
    public bool IsBootstrapIgnored =>
        Live is not null && _bootstrap?.Sha256 is { } sha256 && sha256 != Journal.Active?.Sha256 && sha256 != Journal.Previous?.Sha256;

    public bool AwaitsApproval => Phase.IsInShadow() && Judgement?.Decision == ShadowDecision.AwaitApproval;

    /// <summary>Of the last effect that waits for an answer.</summary>
    public int Ticket => _ticket;

    /// <summary>Whether an answer is about what is in work.</summary>
    public bool IsAbout(int ticket) => ticket == _ticket;

    /// <summary>What the operator wants, as the settings say it.</summary>
    public IReadOnlyList<SwapEffect> Want(ModelSource? bootstrap, ModelSource? candidate, PolicySettings policy, SwapCommand? command, DateTimeOffset now)
    {
        var effects = new List<SwapEffect>();
        var isFirst = !_isTold;
        (_bootstrap, _wanted, _policy, _isTold) = (Given(bootstrap), Given(candidate), policy, true);
        // What was wrong with the offer, not with the model, may be right now.
        if (!isFirst) Journal = Journal.WithoutOffers();
        if (command is { Id: { } id, Action: SwapAction.Rollback or SwapAction.Retry, Sha256: { } sha256 } && !Journal.Commands.Contains(id))
        {
            Journal = Journal.WithCommand(id);
            Save(effects, now);
            CarryOut(effects, id, command.Action == SwapAction.Rollback ? Rollback(sha256, now) : Retry(sha256, now));
        }

        if (Phase.IsInWork() && _source is not null) Redirect(effects, Target(), now);
        Begin(effects, now);
        // An approval that stands in the settings is good at any time, also after a restart.
        if (command is { Id: { } approval, Action: SwapAction.Approve, Sha256: { } approved } && Journal.Approved != approved)
            CarryOut(effects, approval, Approve(approved, now));
        return effects;
    }

    /// <summary>The candidate's file is there whole, though not looked at.</summary>
    public IReadOnlyList<SwapEffect> Fetched(int ticket, DateTimeOffset now)
    {
        if (ticket != _ticket || Phase != SwapPhase.Downloading) return [];
        Enter(SwapPhase.Verifying, now);
        return [new SwapEffect.Admit(++_ticket, _source!, _policy)];
    }

    /// <summary>The time for the download is up, or it cannot succeed.</summary>
    public IReadOnlyList<SwapEffect> FetchFailed(int ticket, string reason, DateTimeOffset now) =>
        ticket == _ticket && Phase == SwapPhase.Downloading ? End([], SwapPhase.Rejected, reason, now) : [];

    /// <summary>The file is not the one that its sha names; it has been deleted.</summary>
    public IReadOnlyList<SwapEffect> Mismatched(int ticket, string reason, DateTimeOffset now)
    {
        if (ticket != _ticket || Phase is not (SwapPhase.Downloading or SwapPhase.Verifying)) return [];
        var effects = new List<SwapEffect>();
        if (++_mismatches >= MaxMismatches) return End(effects, SwapPhase.Rejected, $"{reason} That was try {_mismatches} of {MaxMismatches}.", now);
        Enter(SwapPhase.Downloading, now, reason);
        Fetch(effects);
        return effects;
    }

    /// <summary>Gate 0 is passed.</summary>
    public IReadOnlyList<SwapEffect> Admitted(int ticket, DateTimeOffset now)
    {
        if (ticket != _ticket || Phase != SwapPhase.Verifying) return [];
        var effects = new List<SwapEffect>();
        Enter(SwapPhase.Loading, now);
        // The count must be on the disk before the load: a native crash says nothing.
        Journal = Journal.WithLoadBegun(Sha256);
        _loadIsCounted = false;
        Save(effects, now);
        return effects;
    }

    /// <summary>Gate 0 or 1 is not passed, or the model cannot be loaded.</summary>
    public IReadOnlyList<SwapEffect> Refused(int ticket, string reason, ModelIdentity? identity, IReadOnlyList<RuleResult> rules, DateTimeOffset now)
    {
        if (ticket != _ticket || Phase is not (SwapPhase.Verifying or SwapPhase.Loading or SwapPhase.SelfTest)) return [];
        (_candidate, _selfTest) = (identity, rules);
        Journal = Journal.WithLoadEnded(Sha256);
        return End([], SwapPhase.Rejected, reason, now);
    }

    /// <summary>No model can be run here. It is tried again with other settings, and after a restart.</summary>
    public IReadOnlyList<SwapEffect> Impossible(int ticket, string reason, DateTimeOffset now) =>
        ticket == _ticket && Phase.IsInWork() ? End([], SwapPhase.Aborted, reason, now, begins: false) : [];

    /// <summary>The model is loaded; its self-test runs.</summary>
    public void Loaded(int ticket, ModelIdentity identity, DateTimeOffset now)
    {
        if (ticket != _ticket || Phase != SwapPhase.Loading) return;
        _candidate = identity;
        Enter(SwapPhase.SelfTest, now);
    }

    /// <summary>Gate 1 is passed.</summary>
    public IReadOnlyList<SwapEffect> SelfTested(int ticket, IReadOnlyList<RuleResult> rules, DateTimeOffset now)
    {
        if (ticket != _ticket || Phase != SwapPhase.SelfTest) return [];
        var effects = new List<SwapEffect>();
        _selfTest = rules;
        Journal = Journal.WithLoadEnded(Sha256);
        if (Live is null) return Promote(effects, "There is no model to compare it with.", rules, null, now);
        if (_policy.Mode == SwapMode.Immediate) return Promote(effects, "The mode immediate asks for no shadow.", rules, null, now);
        Enter(SwapPhase.Shadow, now);
        _shadowSince = now;
        Save(effects, now);
        effects.Add(new SwapEffect.StartShadow(++_ticket, _policy));
        return effects;
    }

    /// <summary>The two models cannot be compared.</summary>
    public IReadOnlyList<SwapEffect> ShadowFailed(int ticket, string reason, DateTimeOffset now) =>
        ticket == _ticket && Phase.IsInShadow() ? End([], SwapPhase.Rejected, reason, now) : [];

    /// <summary>The journal is on the disk.</summary>
    public IReadOnlyList<SwapEffect> Saved(DateTimeOffset now)
    {
        _saveAt = null;
        switch (Phase)
        {
            case SwapPhase.Loading when !_loadIsCounted:
                _loadIsCounted = true;
                var beside = Live is null || _policy.Mode == SwapMode.Immediate ? null : Journal.Active;
                return [new SwapEffect.Load(++_ticket, new ModelEntry(Sha256, _source?.Manifest?.Manifest), _policy, beside)];
            case SwapPhase.Promoting:
                Journal = Durable();
                return TakeOver(now);
            default:
                return [];
        }
    }

    /// <summary>The journal is on the disk as it was before; it is tried again.</summary>
    public void SaveFailed(DateTimeOffset now) => _saveAt = now + SaveAgain;

    private void CarryOut(List<SwapEffect> effects, string command, (IReadOnlyList<SwapEffect> Effects, string? Refusal) answer)
    {
        effects.AddRange(answer.Effects);
        Answer = new CommandAnswer(command, answer.Refusal);
    }

    private List<SwapEffect> Promote(List<SwapEffect> effects, string reason, IReadOnlyList<RuleResult> rules, ComparisonSnapshot? seen, DateTimeOffset now)
    {
        Enter(SwapPhase.Promoting, now, reason);
        _isOnProbation = Live is not null && _policy.ProbationMinutes > 0;
        // That a module begins with the model that it is to begin with was nobody's decision.
        if (Live is not null || _source != _bootstrap)
            effects.Add(new SwapEffect.Tell(Report(_isOnProbation ? SwapPhase.Promoting : SwapPhase.Promoted, reason, rules, seen, now)));
        Save(effects, now);
        return effects;
    }

    private List<SwapEffect> TakeOver(DateTimeOffset now)
    {
        var effects = new List<SwapEffect> { new SwapEffect.SwapIn(_isOnProbation, _policy) };
        (Live, Dark) = (_candidate, null);
        if (_isOnProbation)
        {
            Enter(SwapPhase.Probation, now, Journal.Reason);
            return effects;
        }

        Enter(SwapPhase.Promoted, now, Journal.Reason);
        Settle();
        Save(effects, now);
        Begin(effects, now);
        return effects;
    }

    private void Redirect(List<SwapEffect> effects, ModelSource? target, DateTimeOffset now)
    {
        if (target is null)
        {
            End(effects, SwapPhase.Aborted, "The candidate was taken away.", now);
        }
        else if (target.Sha256! != Sha256)
        {
            End(effects, SwapPhase.Superseded, $"Another candidate takes its place: {target.Sha256!}.", now);
        }
        else if (target != _source)
        {
            // The same model from elsewhere: a fresh signature of the address, for instance.
            _source = target;
            if (Phase == SwapPhase.Downloading) Fetch(effects);
        }
    }

    private void Begin(List<SwapEffect> effects, DateTimeOffset now)
    {
        if (Phase.IsInWork() && _source is not null) return;
        if (Phase == SwapPhase.Probation || _isStarting || Target() is not { } target) return;
        if (Journal.VerdictOn(target.Sha256!) is { Phase: var past } && past.BarsRepeat()) return;
        (_source, _candidate, _mismatches, Judgement, _selfTest) = (target, null, 0, null, []);
        _started = now;
        Journal = Journal with
        {
            Candidate = new ModelEntry(target.Sha256!, target.Manifest?.Manifest), Approved = Journal.Approved == target.Sha256! ? target.Sha256! : null,
        };
        Enter(SwapPhase.Pending, now);
        if (Journal.LoadsBegunOf(target.Sha256!) >= MaxLoadsBegun)
        {
            End(effects, SwapPhase.Rejected, $"Loading it has ended the process {MaxLoadsBegun} times.", now);
            return;
        }

        Save(effects, now);
        Enter(SwapPhase.Downloading, now);
        Fetch(effects);
    }

    /// <summary>What is to be brought in: without any model first the one to begin with.</summary>
    private ModelSource? Target()
    {
        var isLive = Journal.Active is not null && Dark is null;
        if (!isLive && _bootstrap is { } bootstrap && Journal.VerdictOn(bootstrap.Sha256!)?.Phase.BarsRepeat() != true) return bootstrap;
        return _wanted is { } wanted && (wanted.Sha256! != Journal.Active?.Sha256 || Dark is not null) ? wanted : null;
    }

    private List<SwapEffect> End(
        List<SwapEffect> effects, SwapPhase phase, string reason, DateTimeOffset now, Judgement? judgement = null, ComparisonSnapshot? seen = null,
        bool begins = true)
    {
        _ticket++;
        var isOffer = phase == SwapPhase.Rejected && Phase is (SwapPhase.Downloading or SwapPhase.Verifying);
        effects.Add(new SwapEffect.Drop(Sha256));
        effects.Add(new SwapEffect.Tell(Report(phase, reason, judgement?.Rules ?? _selfTest, seen, now)));
        Enter(phase, now, reason);
        Journal = (Journal with { Candidate = null, Approved = null }).WithLoadEnded(Sha256).WithVerdict(new PastVerdict(Sha256, phase, now, reason, isOffer));
        Settle();
        Save(effects, now);
        if (begins) Begin(effects, now);
        return effects;
    }

    private SwapReport Report(SwapPhase phase, string reason, IReadOnlyList<RuleResult> rules, ComparisonSnapshot? seen, DateTimeOffset now) =>
        new(_candidate ?? new ModelIdentity("", "", _source?.Sha256 ?? ""), Live, _policy.Mode, phase, reason, _started, now, rules, seen);

    private static ModelSource? Given(ModelSource? source) => source is { IsGiven: true } ? source : null;

    private string Sha256 => _source!.Sha256!;

    private void Settle() => (_source, _candidate) = (null, null);

    private void Fetch(List<SwapEffect> effects) =>
        effects.Add(new SwapEffect.Fetch(++_ticket, _source!, _policy.MaxModelBytes, TimeSpan.FromHours(_policy.DownloadHours)));

    private void Save(List<SwapEffect> effects, DateTimeOffset now)
    {
        // Until it is answered; so that an answer that never comes is asked for again.
        _saveAt = now + SaveAgain;
        effects.RemoveAll(effect => effect is SwapEffect.Save);
        effects.Add(new SwapEffect.Save(Durable()));
    }

    /// <summary>The document of a promotion names the candidate as active already: its replacement is the swap, and memory follows.</summary>
    private ModelJournal Durable() => Phase != SwapPhase.Promoting
        ? Journal
        : Journal with
        {
            Active = new ModelEntry(Sha256, _source?.Manifest?.Manifest),
            Previous = Live is null ? null : Journal.Active,
            Candidate = null,
            Approved = null,
            ProbationBoots = 0,
            Phase = _isOnProbation ? SwapPhase.Probation : SwapPhase.Promoted,
        };

    private void Enter(SwapPhase phase, DateTimeOffset now, string reason = "")
    {
        Journal = Journal with { Phase = phase, Reason = reason };
        Since = now;
    }
}
