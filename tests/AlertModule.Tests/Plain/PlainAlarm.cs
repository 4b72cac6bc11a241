namespace EdgeModules.Alerting.Tests.Plain;

/// <summary>One rule over one device or zone, written as plainly as can be: lists of what was seen and said.</summary>
internal sealed class PlainAlarm(string rule, string subject, bool isZone)
{
    private const int Minute = 60_000;

    private readonly List<long> _row = [];
    private readonly List<(string Severity, long At)> _ups = [];
    private readonly List<long> _criticals = [];
    private readonly Dictionary<string, int> _numbers = [];
    private string _said = "none";
    private bool _saidOld;
    private bool _acted;
    private int _missed;
    private long _since;

    public string Rule => rule;

    public string Subject => subject;

    public bool IsZone => isZone;

    public string Is { get; private set; } = "none";

    public bool IsAcknowledged { get; set; }

    public long? NewestScore { get; set; }

    /// <param name="Command">There is one for the actuator.</param>
    public sealed record Said(string State, string Severity, int Number, long Since, int Missed, bool IsTold, bool Command, bool HasActed, bool IsOld, bool IsAcknowledged);

    /// <param name="held">Why nothing is said of an alarm that began or got worse; empty otherwise.</param>
    public Said? Look(PlainRule by, long at, string level, bool isOld, bool isSilenced, int maxCriticals, out string held)
    {
        held = "";
        var was = Is;
        if (Is == "none")
        {
            if (level == "none" || (_row.Count > 0 && _row[0] > at)) _row.Clear();
            if (level == "none") return null;
            _row.Add(at);
            if (at - _row[0] < by.For || _row.Count < by.Consecutive) return null;
            if (_row[0] > _since) _numbers.Clear();
            (Is, _since, _said, _saidOld, _acted, IsAcknowledged) = (level, _row[0], "none", false, false, false);
            _row.Clear();
        }
        else
        {
            if (Rank(level) > Rank(Is)) (_acted, IsAcknowledged) = (false, false);
            Is = level;
        }

        if (Rank(Is) < Rank(_said)) return Down(isOld);
        if (Is == "none") return null;
        var why = "";
        var said = Up(by, at, isOld, isSilenced, maxCriticals, ref why);
        if (Rank(Is) <= Rank(was)) return said;
        held = why;
        if (why.Length > 0) _missed++;
        return said;
    }

    public Said? End()
    {
        _row.Clear();
        Is = "none";
        return _said == "none" ? null : Down(isOld: false);
    }

    private Said? Up(PlainRule by, long at, bool isOld, bool isSilenced, int maxCriticals, ref string why)
    {
        var goesLive = _saidOld && !isOld;
        var acts = Is == "critical" && by.Action is not null && !_acted && !isOld;
        var tells = goesLive || Rank(Is) > Rank(_said);
        var state = _said == "none" || goesLive ? "raised" : "escalated";
        var before = _ups.FindLastIndex(up => up.Severity == Is);
        if (tells && isSilenced) why = "silenced";
        else if (tells && state == "raised" && !goesLive && before >= 0 && _ups[before].At <= at && at < _ups[before].At + by.Cooldown) why = "cooldown";
        if (why.Length > 0) tells = false;
        if (!tells && !acts) return null;
        if (Is == "critical")
        {
            if (_criticals.Count > 0 && (at < _criticals[0] || at >= _criticals[0] + Minute)) _criticals.Clear();
            if (_criticals.Count == maxCriticals)
            {
                why = "criticalRate";
                return null;
            }

            _criticals.Add(at);
        }

        _acted |= acts;
        if (!tells) return Say(state, false, acts, isOld);
        (_said, _saidOld) = (Is, isOld);
        _ups.Add((Is, at));
        return Say(state, true, acts, isOld);
    }

    private Said Down(bool isOld)
    {
        _said = Is;
        return Say(Is == "none" ? "cleared" : "deescalated", true, false, isOld);
    }

    private Said Say(string state, bool tells, bool acts, bool isOld)
    {
        var number = _numbers.GetValueOrDefault(state);
        _numbers[state] = number + 1;
        var said = new Said(state, Is, number, _since, _missed, tells, acts, _acted && state is "raised" or "escalated", isOld, IsAcknowledged);
        if (tells) _missed = 0;
        return said;
    }

    private static int Rank(string severity) => Array.IndexOf(["none", "warning", "critical"], severity);
}
