using EdgeSimulator.Manifests;

namespace EdgeSimulator.Agent;

/// <summary>
/// edgeAgent's restarts: after the n-th exit a module waits base × 2^n, at most 300 s; after 20 restarts it has failed for good; ten minutes of health
/// make it begin anew. Values in, values out.
/// </summary>
public sealed class RestartPlan(RestartPolicy policy, TimeSpan firstWait)
{
    private const int MostRestarts = 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan HealthyAfter = TimeSpan.FromMinutes(10);

    private int _restarts;

    /// <param name="ranFor">How long the module ran before it ended.</param>
    /// <returns>How long to wait before the restart; null when there is none.</returns>
    public TimeSpan? AfterExit(int exitCode, TimeSpan ranFor)
    {
        if (ranFor >= HealthyAfter) _restarts = 0;
        var restart = policy switch
        {
            RestartPolicy.Never => false,
            RestartPolicy.Always => true,
            _ => exitCode != 0,
        };
        if (!restart || _restarts >= MostRestarts) return null;
        var wait = firstWait * Math.Pow(2, _restarts++);
        return wait < LongestWait ? wait : LongestWait;
    }
}
