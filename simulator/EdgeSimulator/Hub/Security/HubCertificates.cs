using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeSimulator.Hub.Security;

/// <summary>
/// A certificate authority of the simulator's own, and the server certificate that it signed. Kept in the state directory, as those of a gateway outlive
/// a restart of edgeHub: a module that read its trust bundle before it must be able to come back.
/// </summary>
/// <param name="AuthorityPem">What a module must trust; the key of the authority is thrown away.</param>
internal sealed record HubCertificates(string AuthorityPem, X509Certificate2 Server) : IDisposable
{
    /// <summary>In the state directory.</summary>
    public const string FileName = "hub.pfx";

    private const string Name = "CN=EdgeSimulator";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromDays(30);
    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    /// <param name="file">PKCS#12 without a password, for this user only; replaced when it is not of this gateway, cannot be read, or will soon expire.</param>
    public static HubCertificates LoadOrCreate(string file, string gatewayHostName, DateTimeOffset now)
    {
        var kept = File.Exists(file) ? Load(File.ReadAllBytes(file), gatewayHostName, now) : null;
        if (kept is not null) return kept;
        var pkcs12 = Create(gatewayHostName, now);
        Save(file, pkcs12);
        return Load(pkcs12, gatewayHostName, now) ?? throw new SimulatorException($"The certificates made for '{gatewayHostName}' cannot be used.");
    }

    public void Dispose() => Server.Dispose();

    private static HubCertificates? Load(byte[] pkcs12, string gatewayHostName, DateTimeOffset now)
    {
        X509Certificate2Collection certificates;
        try
        {
            certificates = X509CertificateLoader.LoadPkcs12Collection(pkcs12, null);
        }
        catch (CryptographicException)
        {
            return null;
        }

        var server = certificates.FirstOrDefault(certificate => certificate.HasPrivateKey);
        var authority = certificates.FirstOrDefault(certificate => !certificate.HasPrivateKey);
        var good = server is not null && authority is not null && server.MatchesHostname(gatewayHostName, allowCommonName: false)
            && server.NotBefore <= now.LocalDateTime && now.LocalDateTime + ShortestRest < server.NotAfter;
        var loaded = good ? new HubCertificates(authority!.ExportCertificatePem(), server!) : null;
        foreach (var certificate in certificates.Where(certificate => certificate != loaded?.Server)) certificate.Dispose();
        return loaded;
    }

    private static void Save(string file, byte[] pkcs12)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var written = file + ".new";
        File.Delete(written);
        using (var stream = new FileStream(written, options)) stream.Write(pkcs12);
        File.Move(written, file, overwrite: true);
    }

    private static byte[] Create(string gatewayHostName, DateTimeOffset now)
    {
        var (from, to) = (now - ClockSlack, now + Validity);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"{Name} throw-away CA", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest(Name, serverKey, HashAlgorithmName.SHA256);
        serverRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        serverRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        serverRequest.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        serverRequest.CertificateExtensions.Add(NamesOf(gatewayHostName));
        using var server = serverRequest.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));
        using var withKey = server.CopyWithPrivateKey(serverKey);
        using var alone = X509CertificateLoader.LoadCertificate(authority.RawData);
        // By way of PKCS#12 also because a key that only lives in memory cannot serve TLS on Windows.
        return new X509Certificate2Collection { withKey, alone }.Export(X509ContentType.Pkcs12)
            ?? throw new CryptographicException("The certificates cannot be exported.");
    }

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
