namespace EdgeSimulator.Linting;

internal enum Severity
{
    /// <summary>Worth knowing; never a reason to fail.</summary>
    Note,

    /// <summary>It works, and hardly as meant, or not for long.</summary>
    Warning,

    /// <summary>IoT Hub, edgeAgent or edgeHub refuses it, or what is deployed does not do its work.</summary>
    Error,
}
