using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>The verbs <c>twin get</c> and <c>twin set</c>.</summary>
public static class TwinVerbs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public static async Task<int> GetAsync(ControlClient client, string module, Terminal terminal, CancellationToken cancellation)
    {
        terminal.Raw((await client.GetTwinAsync(module, cancellation)).ToString(Formatting.Indented));
        return ExitCodes.Done;
    }

    /// <summary>Sets, then waits until the module has said what it makes of it.</summary>
    /// <returns>1 when the module rejected the change, or did not answer.</returns>
    public static async Task<int> SetAsync(
        ControlClient client, string module, IReadOnlyList<string> assignments, Terminal terminal, TimeProvider clock, CancellationToken cancellation)
    {
        var patch = TwinPath.ParseAll(assignments);
        var (version, refusal) = await client.PatchDesiredAsync(module, patch, cancellation);
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < Patience)
        {
            var twin = await client.GetTwinAsync(module, cancellation);
            if (twin["reported"] is JObject reported && Acknowledgement.Find(reported, version) is { } acknowledgement)
            {
                foreach (var line in acknowledgement.Lines(patch.Properties().Select(property => property.Name))) terminal.Plain(line);
                if (acknowledgement.Applied && refusal is not null)
                    terminal.Plain($"  Not in force all the same: the real edgeHub too finds this out after its report, and tells it in its log only. {refusal}");
                return acknowledgement.Applied && refusal is null ? ExitCodes.Done : ExitCodes.Failed;
            }

            await Task.Delay(Tick, clock, cancellation);
        }

        terminal.Plain($"{module} has version {version} of its desired properties to come, and has not acknowledged it within {Patience.TotalSeconds:0} s.");
        return ExitCodes.Failed;
    }
}
