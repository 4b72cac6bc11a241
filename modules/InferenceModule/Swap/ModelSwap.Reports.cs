using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <content>
/// Reports of decisions. One is saved before its decision is, and until it is known as sent it is given out again after a start: with the same id, so that a
/// receiver knows the repeat.
/// </content>
public sealed partial class ModelSwap
{
    private bool _isTold = true;

    /// <summary>Reports of decisions since the last call, each for a message. They count as sent at the next <see cref="Tick"/>.</summary>
    public IReadOnlyList<JObject> TakeReports()
    {
        if (_reports.Count == 0) return [];
        var taken = _reports.ToList();
        _reports.Clear();
        _isTold = false;
        return taken;
    }

    private void Tell(SwapReport report)
    {
        var json = report.ToJson();
        _reports.Add(json);
        _lastReport = JsonText.ToUtf8(json);
        _telemetry.Decided(report.Candidate.Sha256, report.Phase, report.Reason);
        SaveBeside(() => _with.Store.SaveReport(_lastReport));
    }

    private void RememberTold()
    {
        if (_isTold || _reports.Count > 0 || _lastReport is null) return;
        _isTold = true;
        SaveBeside(() => _with.Store.SaveTold(Encoding.UTF8.GetBytes(SwapReport.IdOf(JsonText.ParseObject(_lastReport)))));
    }

    private void RepeatReport()
    {
        if (_lastReport is null) return;
        var last = JsonText.ParseObject(_lastReport);
        if (_machine.Stands(last) && !(_with.Store.ReadTold() is { } told && Encoding.UTF8.GetString(told) == SwapReport.IdOf(last))) _reports.Add(last);
    }

    private void SaveBeside(Action save)
    {
        try
        {
            save();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _telemetry.ReportNotSaved(error.Message);
        }
    }
}
