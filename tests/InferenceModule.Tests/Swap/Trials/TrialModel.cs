using EdgeModules.Models;
using MathNet.Numerics.LinearAlgebra;

namespace EdgeModules.Inference.Tests.Swap.Trials;

/// <summary>What a window's error is made of: how unusual the readings are together, over the whole window and over its newest part.</summary>
/// <param name="Whiten">Features × features, row by row.</param>
internal sealed record TrialFit(double[] Means, double[] Deviations, double[] Whiten, double ControlLimit)
{
    public const int Size = 60;
    private const int Features = TrialPlant.Features;

    /// <summary>Learns from the readings of a plant without faults.</summary>
    /// <param name="quantile">Share of training windows within the limit.</param>
    /// <param name="blindTo">A feature that the fit leaves out; -1 for none.</param>
    public static TrialFit Train(int kind, int seed, double quantile, int blindTo = -1)
    {
        const int machines = 8;
        const int perMachine = 6000;
        var plant = new TrialPlant(kind, seed, machines, faultsPerHour: 0);
        var rows = new float[machines][];
        for (var machine = 0; machine < machines; machine++)
        {
            rows[machine] = new float[perMachine * Features];
            for (var reading = 0; reading < perMachine; reading++) plant.Next(machine, rows[machine].AsSpan(reading * Features, Features));
        }

        var means = new double[Features];
        var deviations = new double[Features];
        for (var feature = 0; feature < Features; feature++)
        {
            var column = rows.SelectMany(all => Enumerable.Range(0, perMachine).Select(reading => (double)all[reading * Features + feature])).ToList();
            means[feature] = column.Average();
            deviations[feature] = Math.Sqrt(column.Sum(value => (value - means[feature]) * (value - means[feature])) / column.Count);
        }

        var fit = new TrialFit(means, deviations, Whitening(rows, means, deviations, blindTo), 1);
        var errors = new List<double>();
        var window = new float[Size * Features];
        foreach (var all in rows)
        {
            for (var start = 0; start + Size <= perMachine; start += 20)
            {
                Normalised(all.AsSpan(start * Features, Size * Features), means, deviations, window);
                errors.Add(fit.Error(window));
            }
        }

        errors.Sort();
        return fit with { ControlLimit = errors[(int)(quantile * (errors.Count - 1))] };
    }

    public double Error(ReadOnlySpan<float> window)
    {
        double whole = 0;
        double newest = 0;
        for (var row = 0; row < Size; row++)
        {
            double square = 0;
            var values = window.Slice(row * Features, Features);
            for (var component = 0; component < Features; component++)
            {
                double sum = 0;
                for (var feature = 0; feature < Features; feature++) sum += Whiten[component * Features + feature] * values[feature];
                square += sum * sum;
            }

            whole += square;
            if (row >= Size - 10) newest += square;
        }

        return Math.Max(whole / Size, newest / 10 / 2);
    }

    public ModelManifest Manifest(string name) => new()
    {
        Name = name,
        Version = "1",
        Features = [.. Enumerable.Range(0, Features).Select(feature => new ModelFeature($"f{feature}"))],
        Window = new ModelWindow(Size),
        Normalisation = new Normalisation { Kind = Normalisation.Static, Means = Means, Deviations = Deviations },
        Limit = 0.8,
    };

    private static void Normalised(ReadOnlySpan<float> raw, double[] means, double[] deviations, float[] target)
    {
        for (var index = 0; index < raw.Length; index++) target[index] = (float)((raw[index] - means[index % Features]) / deviations[index % Features]);
    }

    private static double[] Whitening(float[][] rows, double[] means, double[] deviations, int blindTo)
    {
        var covariance = Matrix<double>.Build.Dense(Features, Features);
        long count = 0;
        foreach (var all in rows)
        {
            for (var at = 0; at < all.Length; at += Features)
            {
                count++;
                for (var i = 0; i < Features; i++)
                {
                    for (var j = 0; j < Features; j++)
                        covariance[i, j] += (all[at + i] - means[i]) / deviations[i] * ((all[at + j] - means[j]) / deviations[j]);
                }
            }
        }

        covariance /= count;
        for (var feature = 0; blindTo >= 0 && feature < Features; feature++)
            covariance[blindTo, feature] = covariance[feature, blindTo] = feature == blindTo ? 1 : 0;
        var whiten = covariance.Inverse().Cholesky().Factor.Transpose();
        if (blindTo >= 0) whiten.ClearColumn(blindTo);
        return whiten.ToRowMajorArray();
    }
}

/// <summary>A model of a few lines; what it may do wrong is given from outside.</summary>
internal sealed class TrialModel(string name, TrialFit fit, TrialClock clock) : IScoringModel
{
    public ModelIdentity Identity { get; } = new(name, "1", new string('a', 64));

    public ModelManifest Manifest { get; } = fit.Manifest(name);

    public bool HasContributions => false;

    /// <summary>How long a call takes.</summary>
    public Func<TimeSpan> Latency { get; init; } = () => TimeSpan.FromMicroseconds(20);

    /// <summary>Before the scoring: may change the window, or throw.</summary>
    public Action<float[]>? Before { get; init; }

    public Func<float, float> Change { get; init; } = score => score;

    public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
    {
        clock.Advance(Latency());
        var length = TrialFit.Size * TrialPlant.Features;
        for (var index = 0; index < count; index++)
        {
            var window = windows.Slice(index * length, length);
            if (Before is not null)
            {
                var copy = window.ToArray();
                Before(copy);
                window = copy;
            }

            var limit = fit.ControlLimit / 4;
            scores[index] = Change((float)(1 - limit / (fit.Error(window) + limit)));
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>A clock that calls of models move on.</summary>
internal sealed class TrialClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;
}
