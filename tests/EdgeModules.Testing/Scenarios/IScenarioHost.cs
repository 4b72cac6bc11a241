using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>Runs the one module that a scenario is about. Every call returns when the module has done all that follows from it.</summary>
public interface IScenarioHost : IAsyncDisposable
{
    Task StartAsync(JObject desired);

    Task SendAsync(string input, byte[] body, IReadOnlyDictionary<string, string> properties);

    /// <returns>What the module has sent since the last call: output → items in order.</returns>
    Task<IReadOnlyDictionary<string, List<JToken>>> TakeOutputsAsync();

    /// <summary>Merges a patch into the desired properties and waits until the module has reported that version.</summary>
    Task PatchSettingsAsync(JObject patch);

    Task<JObject> GetReportedAsync();

    Task<(int Status, JToken? Payload)> CallAsync(string method, JToken? payload);

    /// <summary>Stops the module and starts it again on the same state.</summary>
    /// <param name="kill">Without the orderly part of stopping.</param>
    Task RestartAsync(bool kill);

    /// <summary>Moves the module's clock.</summary>
    Task AdvanceAsync(TimeSpan time);
}
