namespace EdgeModules.Hosting.Connectivity;

/// <summary>Looks at the way to the cloud.</summary>
public interface IUpstreamProbe
{
    /// <param name="host">Name or address of what is connected to when edgeHub does not tell.</param>
    Task<Evidence> LookAsync(string host, int port, CancellationToken cancellation);
}
