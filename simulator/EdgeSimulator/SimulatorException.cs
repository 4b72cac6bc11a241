namespace EdgeSimulator;

/// <summary>A mistake of the user or of the environment, told in one line; the process ends with exit code 2.</summary>
public class SimulatorException : Exception
{
    public SimulatorException(string message) : base(message)
    {
    }

    public SimulatorException(string message, Exception cause) : base(message, cause)
    {
    }
}
