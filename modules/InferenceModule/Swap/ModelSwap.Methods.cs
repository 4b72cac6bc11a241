using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Swap.Statistics;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <content>What people see of the swap and may ask of it.</content>
public sealed partial class ModelSwap
{
    private const int MaxToldVerdicts = 8;
    private static readonly string[] LargeFigures = ["liveScores", "shadowScores", "probes", "worstDevices"];
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);
    private (SwapPhase Phase, string Reason, bool Awaits, string? Live, CommandAnswer? Answer, bool IsBootstrapIgnored) _told;
    private DateTimeOffset _toldAt;
    private JObject _report = [];

    /// <summary>The reported property <c>swap</c>: anew when the state changes, and at most once a minute for its figures.</summary>
    public JObject Report(DateTimeOffset now)
    {
        var state = (_machine.Phase, _machine.Journal.Reason, _machine.AwaitsApproval, _live?.Identity.Sha256, _machine.Answer, _machine.IsBootstrapIgnored);
        if (_report.Count > 0 && state == _told && (now - _toldAt < ReportEvery || !(_machine.Phase.IsInWork() || _machine.Phase == SwapPhase.Probation)))
            return _report;
        (_told, _toldAt) = (state, now);
        return _report = Describe(isWhole: false);
    }

    /// <summary>The direct methods <c>approve</c>, <c>rollback</c>, <c>retry</c> (each with <c>sha256</c>) and <c>getShadowReport</c>.</summary>
    /// <returns>Null for another method.</returns>
    public MethodResponse? Call(MethodRequest request, DateTimeOffset now)
    {
        FollowClock(now);
        switch (request.Name)
        {
            case "approve":
                return Act(request, sha256 => _machine.Approve(sha256, now), now);
            case "rollback":
                return Act(request, sha256 => _machine.Rollback(sha256, now), now);
            case "retry":
                return Act(request, sha256 => _machine.Retry(sha256, now), now);
            case "getShadowReport":
                var answer = new JObject { ["swap"] = Describe(isWhole: true) };
                if (_lastReport is not null) answer["last"] = _lastReport.DeepClone();
                return new MethodResponse(200, answer);
            default:
                return null;
        }
    }

    private MethodResponse Act(MethodRequest request, Func<string, (IReadOnlyList<SwapEffect> Effects, string? Refusal)> act, DateTimeOffset now)
    {
        if (request.Payload is not JObject { Count: 1 } payload || payload["sha256"] is not JValue { Value: string sha256 } || !ModelHash.IsHex(sha256))
            return new MethodResponse(
                400, new JObject { ["message"] = "The payload must be {\"sha256\": \"…\"}: the model's SHA-256, 64 lower-case hexadecimal digits." });
        var (effects, refusal) = act(sha256);
        if (refusal is not null) return new MethodResponse(409, new JObject { ["message"] = refusal });
        Do(effects, now);
        return new MethodResponse(200, new JObject { ["swap"] = Describe(isWhole: true) });
    }

    /// <param name="isWhole">Else without the figures that would take much room in a twin.</param>
    private JObject Describe(bool isWhole)
    {
        var journal = _machine.Journal;
        var json = new JObject { ["phase"] = SwapReport.Camel(_machine.Phase), ["since"] = _machine.Since.ToUnixTimeMilliseconds() };
        if (journal.Reason.Length > 0) json["reason"] = SwapReport.Shorten(journal.Reason);
        if (_live is null && _machine.Dark is { } dark) json["dark"] = SwapReport.Shorten(dark);
        if (journal.Active is { } active) json["active"] = active.Sha256;
        if (journal.Previous is { } previous) json["previous"] = previous.Sha256;
        if (journal.Candidate is { } candidate) json["candidate"] = candidate.Sha256;
        if (_machine.AwaitsApproval) json["awaitsApproval"] = true;
        if (_machine.Phase == SwapPhase.Downloading)
        {
            json["downloadedBytes"] = _download?.Bytes ?? 0;
            if (_download?.Trouble is { } trouble) json["downloadTrouble"] = SwapReport.Shorten(trouble);
        }

        if (_worker.Snapshot() is { } seen)
        {
            var figures = SwapReport.Figures(seen);
            figures["agreementLowerBound"] = Math.Round(Wilson.LowerBound(seen.Agreed, seen.Blocks), 4);
            foreach (var large in isWhole ? [] : LargeFigures) figures.Remove(large);
            json["progress"] = figures;
        }

        if (_machine.Answer is { } answer)
        {
            json["command"] = new JObject { ["id"] = answer.Id, ["status"] = answer.Refusal is null ? "done" : "refused" };
            if (answer.Refusal is { } refusal) json["command"]!["reason"] = SwapReport.Shorten(refusal);
        }

        if (_machine.IsBootstrapIgnored)
        {
            json["note"] =
                "The setting active names another model than the active one; it is only the model to begin with. To change the model, name a candidate.";
        }

        if (journal.Verdicts.Count > 0)
        {
            json["verdicts"] = new JObject(journal.Verdicts.TakeLast(MaxToldVerdicts).Select(verdict => new JProperty(verdict.Sha256, new JObject
            {
                ["decision"] = SwapReport.Camel(verdict.Phase), ["at"] = verdict.At.ToUnixTimeMilliseconds(), ["reason"] = verdict.Reason,
            })));
        }

        return json;
    }

}
