namespace EdgeSimulator.Hub.Configuration;

/// <summary>A route that edgeHub would not take.</summary>
/// <param name="typeMismatch">The route can be read, but its condition does not fit together: edgeHub finds that only after it has reported success.</param>
public sealed class HubConfigurationException(string message, bool typeMismatch, Exception inner) : SimulatorException(message, inner)
{
    public bool TypeMismatch => typeMismatch;
}
