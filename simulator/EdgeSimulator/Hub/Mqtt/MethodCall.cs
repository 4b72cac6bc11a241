namespace EdgeSimulator.Hub.Mqtt;

/// <summary>One call of a direct method.</summary>
/// <param name="Name">One that <see cref="DirectMethods.FindNameError"/> finds nothing wrong with.</param>
/// <param name="Payload">JSON.</param>
/// <param name="ResponseTimeout">How long the module has for its answer.</param>
/// <param name="ConnectTimeout">How long to wait for a module that is away or takes no methods yet.</param>
internal sealed record MethodCall(string Module, string Name, byte[] Payload, TimeSpan ResponseTimeout, TimeSpan ConnectTimeout = default);

internal abstract record MethodOutcome
{
    /// <param name="Body">As the module sent it; empty when it sent none.</param>
    public sealed record Answered(int Status, byte[] Body) : MethodOutcome;

    /// <summary>The module could not be asked in time.</summary>
    /// <param name="Connected">True: it is connected and has not subscribed to methods.</param>
    public sealed record NotAsked(bool Connected) : MethodOutcome;

    /// <summary>The module was asked and did not answer in time.</summary>
    /// <param name="Disconnected">Its connection ended first.</param>
    public sealed record NotAnswered(bool Disconnected) : MethodOutcome;
}
