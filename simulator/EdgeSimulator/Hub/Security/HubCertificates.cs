using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeSimulator.Hub.Security;

/// <summary>A certificate authority made for one run, and the server certificate that it signed.</summary>
/// <param name="AuthorityPem">What a module must trust; the key of the authority is thrown away.</param>
internal sealed record HubCertificates(string AuthorityPem, X509Certificate2 Server) : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);
    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    public static HubCertificates Create(string gatewayHostName, DateTimeOffset now)
    {
        var (from, to) = (now - ClockSlack, now + Validity);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=EdgeSimulator throw-away CA", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest("CN=EdgeSimulator", serverKey, HashAlgorithmName.SHA256);
        serverRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        serverRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        serverRequest.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        serverRequest.CertificateExtensions.Add(NamesOf(gatewayHostName));
        using var server = serverRequest.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));
        using var withKey = server.CopyWithPrivateKey(serverKey);
        // By way of PKCS#12, because a key that only lives in memory cannot serve TLS on Windows.
        return new HubCertificates(authority.ExportCertificatePem(), X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }

    public void Dispose() => Server.Dispose();

    private static X509Extension NamesOf(string gatewayHostName)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(gatewayHostName, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(gatewayHostName);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        return names.Build();
    }
}
