using System.Runtime.CompilerServices;
using EdgeModules.Hosting.Settings;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Verbs;

/// <summary>
/// <c>--describe</c>: what can be connected to the module, as <c>{"inputs": […], "outputs": […], "unpromptedOutputs": […]}</c>. Starts nothing and needs no
/// environment, so the module is not even constructed: what it declares must not depend on its state.
/// </summary>
internal static class DescribeVerb
{
    public const string Name = "--describe";

    public static async Task<int> RunAsync<TModule, TSettings>(TextWriter output)
        where TModule : EdgeModule<TSettings>
        where TSettings : class, ISettings<TSettings>
    {
        var module = (TModule)RuntimeHelpers.GetUninitializedObject(typeof(TModule));
        await output.WriteLineAsync(Describe(module).ToString(Formatting.None));
        return 0;
    }

    private static JObject Describe<TSettings>(EdgeModule<TSettings> module)
        where TSettings : class, ISettings<TSettings>
    {
        string[] inputs = [.. module.ReadingsInput is { } readings ? [readings] : Array.Empty<string>(), .. module.ItemInputs, .. module.MessageInputs];
        return new JObject
        {
            ["inputs"] = new JArray(inputs),
            ["outputs"] = new JArray(module.Outputs),
            ["unpromptedOutputs"] = new JArray(module.UnpromptedOutputs),
        };
    }
}
