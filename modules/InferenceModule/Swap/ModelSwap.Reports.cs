using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <content>
/// Reports of decisions. One is saved before its decision is, and until it is known as sent it is given out again after a start: with the same id, so that a
/// receiver knows the repeat.
/// </content>
public sealed partial class ModelSwap
{
    private const int MaxUntold = 8;

    private readonly List<JObject> _untold = [];
    private JObject? _lastReport;
    private bool _isGivenOut;

    /// <summary>Reports of decisions since the last call, each for a message. They count as sent at the next <see cref="Tick"/>.</summary>
    public IReadOnlyList<JObject> TakeReports()
    {
        if (_reports.Count == 0) return [];
        var taken = _reports.ToList();
        _reports.Clear();
        _isGivenOut = true;
        return taken;
    }

    private void Tell(SwapReport report)
    {
        _lastReport = report.ToJson();
        _reports.Add(_lastReport);
        if (_untold.Count == MaxUntold) _untold.RemoveAt(0);
        _untold.Add(_lastReport);
        _telemetry.Decided(report.Candidate.Sha256, report.Phase, report.Reason);
        var saved = Encoding.UTF8.GetBytes(new JArray(_untold).ToString(Formatting.None));
        SaveBeside(() => _with.Store.SaveReports(saved));
    }

    private void RememberTold()
    {
        if (!_isGivenOut || _reports.Count > 0) return;
        _isGivenOut = false;
        _untold.Clear();
        SaveBeside(() => _with.Store.SaveTold(Encoding.UTF8.GetBytes(SwapReport.IdOf(_lastReport!))));
    }

    /// <summary>To be called before the machine is started.</summary>
    private void RepeatReports()
    {
        var saved = ReadReports();
        _lastReport = saved.LastOrDefault();
        if (_lastReport is null || (_with.Store.ReadTold() is { } told && Encoding.UTF8.GetString(told) == SwapReport.IdOf(_lastReport))) return;
        // Whatever was decided before another decision was saved too.
        if (!_machine.Stands(_lastReport)) saved.RemoveAt(saved.Count - 1);
        _reports.AddRange(saved);
        _untold.AddRange(saved);
        _lastReport = saved.LastOrDefault();
    }

    private List<JObject> ReadReports()
    {
        try
        {
            return _with.Store.ReadReports() is { } saved ? [.. ((JArray)JsonText.Parse(Encoding.UTF8.GetString(saved))).Cast<JObject>()] : [];
        }
        catch (Exception error) when (error is JsonException or InvalidCastException)
        {
            _telemetry.ReportsDamaged(error.Message);
            return [];
        }
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
