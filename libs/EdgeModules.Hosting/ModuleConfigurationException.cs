namespace EdgeModules.Hosting;

/// <summary>The environment of the module is wrong: told in one line, and the process ends, since no retry can mend it.</summary>
public sealed class ModuleConfigurationException : Exception
{
    public ModuleConfigurationException(string message) : base(message)
    {
    }

    public ModuleConfigurationException(string message, Exception cause) : base(message, cause)
    {
    }
}
