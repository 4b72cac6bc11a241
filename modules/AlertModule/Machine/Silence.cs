namespace EdgeModules.Alerting.Machine;

/// <param name="Rule">Null for every rule.</param>
/// <param name="Device">A device, or the zone of a zone rule; null for all.</param>
/// <param name="Until">Clock time, Unix milliseconds.</param>
internal sealed record Silence(string? Rule, string? Device, long Until)
{
    public bool Covers(string rule, string subject) => (Rule is null || Rule == rule) && (Device is null || Device == subject);
}
