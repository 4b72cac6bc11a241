using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Scenarios;

/// <summary>Holds all that a module sends, reports and answers against its IoT Plug and Play model.</summary>
public sealed class ModelledHost(IScenarioHost host, TwinModel model) : IScenarioHost
{
    /// <param name="module">Name of a module.</param>
    /// <returns>The host itself for a module without a model.</returns>
    public static IScenarioHost Of(IScenarioHost host, string module) => TwinModel.Find(module) is { } model ? new ModelledHost(host, model) : host;

    public Task StartAsync(JObject desired) => host.StartAsync(desired);

    public Task SendAsync(string input, byte[] body, IReadOnlyDictionary<string, string> properties) => host.SendAsync(input, body, properties);

    public async Task<IReadOnlyDictionary<string, List<JToken>>> TakeOutputsAsync()
    {
        var outputs = await host.TakeOutputsAsync();
        foreach (var (output, items) in outputs) Check(model.MistakesInOutput(output, items));
        Check(model.MistakesInReported(await host.GetReportedAsync()));
        return outputs;
    }

    public Task PatchSettingsAsync(JObject patch) => host.PatchSettingsAsync(patch);

    public async Task<JObject> GetReportedAsync()
    {
        var reported = await host.GetReportedAsync();
        Check(model.MistakesInReported(reported));
        return reported;
    }

    public async Task<(int Status, JToken? Payload)> CallAsync(string method, JToken? payload)
    {
        var (status, answer) = await host.CallAsync(method, payload);
        if (status == 200) Check(model.MistakesInCall(method, payload, answer));
        return (status, answer);
    }

    public Task RestartAsync(bool kill) => host.RestartAsync(kill);

    public Task AdvanceAsync(TimeSpan time) => host.AdvanceAsync(time);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static void Check(IEnumerable<string> mistakes)
    {
        if (mistakes.FirstOrDefault() is { } mistake) throw new ScenarioException($"Against the model in models/dtdl: {mistake}");
    }
}
