using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>The verbs <c>start</c>, <c>stop</c> and <c>restart</c>.</summary>
public static class ModuleVerbs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public static async Task<int> StopAsync(ControlClient client, string module, Terminal terminal, CancellationToken cancellation)
    {
        var state = await client.CommandAsync(module, ModuleCommand.Stop, cancellation);
        terminal.Plain(StatusOf(state) == "stopped"
            ? $"{module} is stopped; \"start {module}\" brings it back."
            : $"{module} is {StatusOf(state)}, and not stopped: it did not run.");
        return ExitCodes.Done;
    }

    /// <summary>Starts or restarts, then waits until the module is connected, so that the next verb finds it.</summary>
    /// <returns>1 when the module has ended meanwhile.</returns>
    public static async Task<int> StartAsync(
        ControlClient client, string module, ModuleCommand command, Terminal terminal, TimeProvider clock, CancellationToken cancellation)
    {
        var state = await client.CommandAsync(module, command, cancellation);
        var start = clock.GetTimestamp();
        while (StatusOf(state) == "running" && !state.Value<bool>("connected") && clock.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(Tick, clock, cancellation);
            var status = await client.GetStatusAsync(cancellation);
            state = status["modules"]!.OfType<JObject>().First(entry => entry.Value<string>("name") == module);
        }

        var runs = StatusOf(state) == "running";
        terminal.Plain(runs
            ? $"{module} is running as process {state["processId"]}, {(state.Value<bool>("connected") ? "connected" : "not connected yet")}."
            : $"{module} has ended again (status {StatusOf(state)}); see \"logs {module}\".");
        return runs ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string? StatusOf(JObject state) => state.Value<string>("status");
}
