using EdgeModules.Inference;

namespace EdgeModules.Benchmarks;

/// <summary>
/// One shipped model with windows to score. What a call takes is measured call by call: the tail is what an alarm waits for, and a mean over many calls hides it.
/// </summary>
public sealed class ModelCalls : IDisposable
{
    private const int WarmUp = 2000;
    private const int Calls = 20_000;

    private readonly IScoringModel _model;
    private readonly float[] _windows;
    private readonly float[] _scores;
    private readonly float[] _contributions;
    private readonly int _batch;

    public ModelCalls(string name, int batch)
    {
        _model = new OnnxModelLoader().Load(ShippedModels.Read(name), "", given: null);
        var chance = new Random(1);
        _batch = batch;
        _windows = [.. Enumerable.Range(0, batch * _model.Manifest.WindowLength).Select(_ => (float)chance.NextDouble())];
        (_scores, _contributions) = (new float[batch], new float[_model.HasContributions ? batch * _model.Manifest.Features.Count : 0]);
    }

    public float Score()
    {
        _model.Score(_windows, _batch, _scores, _contributions);
        return _scores[0];
    }

    /// <summary>Writes a Markdown table, one row for each model and size of batch.</summary>
    public static void PrintLatencies(IEnumerable<int> batches, TimeProvider clock, TextWriter writer)
    {
        writer.WriteLine($"{Calls:N0} calls each, after {WarmUp:N0} to warm up; µs.");
        writer.WriteLine();
        writer.WriteLine("| model | windows a call | p50 | p99 | p99.9 | max | a window, p50 | bytes allocated a call |");
        writer.WriteLine("|-|-|-|-|-|-|-|-|");
        foreach (var name in ShippedModels.Names)
        {
            foreach (var batch in batches)
            {
                using var calls = new ModelCalls(name, batch);
                var (times, bytes) = calls.Measure(clock);
                writer.WriteLine(
                    $"| {name} | {batch} | {At(times, 0.5):0.0} | {At(times, 0.99):0.0} | {At(times, 0.999):0.0} | {times[^1]:0.0} | {At(times, 0.5) / batch:0.00} | {bytes} |");
            }
        }
    }

    public void Dispose() => _model.Dispose();

    /// <returns>Microseconds, in order; and bytes of one call.</returns>
    private (double[] Times, double Bytes) Measure(TimeProvider clock)
    {
        for (var i = 0; i < WarmUp; i++) Score();
        var times = new double[Calls];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            var start = clock.GetTimestamp();
            Score();
            times[i] = clock.GetElapsedTime(start).TotalMicroseconds;
        }

        var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
        Array.Sort(times);
        return (times, bytes);
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
}
