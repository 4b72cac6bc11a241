using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>What the verbs of the command line can do to a running simulator.</summary>
public interface ISimulatorControl
{
    JObject GetStatus();

    /// <exception cref="SimulatorException">No such module.</exception>
    JObject GetTwin(string module);

    /// <returns>The new <c>$version</c>.</returns>
    /// <exception cref="SimulatorException">No such module.</exception>
    long PatchDesired(string module, JObject patch);
}
