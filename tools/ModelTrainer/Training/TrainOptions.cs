namespace EdgeModules.ModelTrainer.Training;

public sealed record TrainOptions
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Family { get; init; }

    /// <summary>Readings in a window.</summary>
    public int Window { get; init; } = 60;

    /// <summary>0: any.</summary>
    public long PeriodMs { get; init; }

    /// <summary>One of <see cref="Models.Normalisation.Kinds"/>.</summary>
    public string Normalisation { get; init; } = Models.Normalisation.Static;

    public double HalfLifeReadings { get; init; } = Models.Normalisation.DefaultHalfLifeReadings;

    /// <summary>The first part of each device's readings, which the model is trained on; above 0, at most 1.</summary>
    public double TrainPart { get; init; } = 1;

    /// <summary>Share of normal windows of the training part that may be over the limit.</summary>
    public double FalseAlarmRate { get; init; } = 0.005;

    /// <summary>Principal components of the linear autoencoder.</summary>
    public int Components { get; init; } = 16;

    /// <summary>Share of the variance that the principal components of the PCA explain.</summary>
    public double Variance { get; init; } = 0.9;

    public int Epochs { get; init; } = 20;

    /// <summary>More windows are thinned evenly.</summary>
    public int MaxWindows { get; init; } = 20_000;

    public int Seed { get; init; } = 1;

    /// <summary>Units and plausible ranges by feature, as <c>°C</c>, −40, 125.</summary>
    public IReadOnlyDictionary<string, Models.ModelFeature> FeatureInfo { get; init; } = new Dictionary<string, Models.ModelFeature>();
}
