using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeModules.Hosting.Connection;

/// <summary>Whether the gateway is who it says: its name must match, and a trusted root must have signed its certificate.</summary>
internal static class GatewayCertificate
{
    /// <param name="roots">Those given to the module; when empty, those of the operating system decide.</param>
    public static bool IsTrusted(X509Certificate? offered, X509Chain? offeredChain, SslPolicyErrors errors, X509Certificate2Collection roots)
    {
        if (roots.Count == 0 || offered is null) return errors == SslPolicyErrors.None;
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Intermediate certificates came with the offer.
        foreach (var element in offeredChain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var certificate = X509CertificateLoader.LoadCertificate(offered.GetRawCertData());
        return chain.Build(certificate);
    }
}
