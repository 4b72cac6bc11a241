namespace EdgeModules.Messages;

/// <summary>The values of the application property <see cref="ApplicationProperties.Priority"/>.</summary>
public static class Priorities
{
    public const string Critical = "critical";
    public const string Normal = "normal";
    public const string Low = "low";
}
