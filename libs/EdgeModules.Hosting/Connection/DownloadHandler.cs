using System.Security.Cryptography.X509Certificates;

namespace EdgeModules.Hosting.Connection;

/// <summary>
/// HTTPS to servers that are no gateway: trusted are the roots of the operating system, and those that are given to the module, so that a plant's own server
/// can be used. From https no redirection leads to http.
/// </summary>
public sealed class DownloadHandler : DelegatingHandler
{
    private const int MostRedirections = 5;

    private readonly Func<CancellationToken, Task<X509Certificate2Collection>> _getRoots;
    private volatile X509Certificate2Collection? _roots;

    /// <param name="getRoots">Asked before the first request; one that fails fails the request, and is asked again.</param>
    public DownloadHandler(Func<CancellationToken, Task<X509Certificate2Collection>> getRoots)
    {
        _getRoots = getRoots;
        InnerHandler = new SocketsHttpHandler
        {
            MaxAutomaticRedirections = MostRedirections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(30),
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    GatewayCertificate.IsTrusted(certificate, chain, errors, []) || GatewayCertificate.IsTrusted(certificate, chain, errors, _roots ?? []),
            },
        };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            _roots ??= await _getRoots(cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or HttpRequestException or OutOfMemoryException))
        {
            throw new HttpRequestException($"The certificates to trust cannot be had: {error.Message}", error);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
