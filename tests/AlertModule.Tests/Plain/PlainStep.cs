namespace EdgeModules.Alerting.Tests.Plain;

/// <summary>What the module is given, at a time of its clock.</summary>
internal abstract record PlainStep
{
    public sealed record Start : PlainStep;

    public sealed record Tick : PlainStep;

    public sealed record Configure(AlertSettings Settings) : PlainStep;

    public sealed record Readings(IReadOnlyList<SampleReading> Items) : PlainStep;

    public sealed record Scores(IReadOnlyList<SampleScore> Items) : PlainStep;

    public sealed record Acknowledge(string? Device, string? Rule) : PlainStep;

    public sealed record Silence(string? Device, string? Rule, int Seconds) : PlainStep;
}

/// <param name="At">Unix milliseconds.</param>
internal sealed record SampleReading(string Device, string? Zone, long At, double? Temperature, double? Vibration)
{
    public IEnumerable<(string Metric, double Value)> Metrics()
    {
        if (Temperature is { } temperature) yield return ("temperature", temperature);
        if (Vibration is { } vibration) yield return ("vibration", vibration);
    }
}

/// <param name="At">Unix milliseconds.</param>
internal sealed record SampleScore(string Device, string? Model, long At, double Score);
