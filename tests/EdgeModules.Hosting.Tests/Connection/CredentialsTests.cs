using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Hosting.Connection;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Hosting.Tests.Connection;

public sealed class SasTokenTests
{
    // The signatures were made by OpenSSL 3 and Python's hmac, from a key of the 32 letters below:
    // printf 'contoso.azure-devices.net%%2Fdevices%%2Fedge-1%%2Fmodules%%2FFilterModule\n1769864400'
    //     | openssl dgst -sha256 -hmac '0123456789abcdef0123456789abcdef' -binary | base64
    public const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    public const string Signature = "L0FTevTV7nG52TWOq0MJxs5dTSsmm1M31uxbV4M7vyY=";
    public const string Token =
        "SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2Fedge-1%2Fmodules%2FFilterModule&sig=L0FTevTV7nG52TWOq0MJxs5dTSsmm1M31uxbV4M7vyY%3D&se=1769864400";

    public static readonly DateTimeOffset Expiry = DateTimeOffset.FromUnixTimeSeconds(1_769_864_400);

    [Theory]
    [InlineData("edge-1", "FilterModule", "contoso.azure-devices.net%2Fdevices%2Fedge-1%2Fmodules%2FFilterModule", Signature)]
    [InlineData(
        "edge 1+", "Filter/Module", "contoso.azure-devices.net%2Fdevices%2Fedge%2B1%252B%2Fmodules%2FFilter%252FModule", "IcZTrnKROESuAjxIWgRnYLsWotV2jbmSO4NA/EcSNfU=")]
    public void Sign_KnownKeyAndText_GivesTheKnownSignature(string device, string module, string audience, string signature)
    {
        Assert.Equal(audience, SasToken.Audience("contoso.azure-devices.net", device, module));
        Assert.Equal(signature, SasToken.Sign(Key, SasToken.SignedText(audience, Expiry)));
    }

    [Fact]
    public void Format_Signature_IsPercentEncoded() =>
        Assert.Equal(Token, SasToken.Format("contoso.azure-devices.net%2Fdevices%2Fedge-1%2Fmodules%2FFilterModule", Signature, Expiry));
}

public sealed class ConnectionStringCredentialsTests
{
    private const string Good = $"HostName=contoso.azure-devices.net;DeviceId=edge-1;ModuleId=FilterModule;SharedAccessKey={SasTokenTests.Key}";

    [Theory]
    [InlineData(Good, "contoso.azure-devices.net")]
    [InlineData(Good + ";GatewayHostName=gateway.local", "gateway.local")]
    [InlineData(" hostname = x ; " + Good + "; gatewayhostname=gateway.local;", "gateway.local")]
    public async Task CreateTokenAsync_GoodString_SignsForTheHub(string text, string gateway)
    {
        var credentials = new ConnectionStringCredentials(text, rootsFile: null);

        Assert.Equal(new ModuleAddress("contoso.azure-devices.net", gateway, "edge-1", "FilterModule"), credentials.Address);
        Assert.Equal("edge-1/FilterModule", credentials.Address.ClientId);
        Assert.False(credentials.IsRuntime);
        Assert.Equal(SasTokenTests.Token, await credentials.CreateTokenAsync(SasTokenTests.Expiry, default));
    }

    [Theory]
    [InlineData("HostName=h;DeviceId=d;SharedAccessKey=a2V5", "has no ModuleId; it must have HostName, DeviceId, ModuleId and SharedAccessKey.")]
    [InlineData("DeviceId=d;ModuleId=m;SharedAccessKey=a2V5", "has no HostName; it must have HostName, DeviceId, ModuleId and SharedAccessKey.")]
    [InlineData("HostName=;DeviceId=d;ModuleId=m;SharedAccessKey=a2V5", "has no HostName; it must have HostName, DeviceId, ModuleId and SharedAccessKey.")]
    [InlineData("HostName=h;DeviceId=d;ModuleId=m", "has no SharedAccessKey; it must have HostName, DeviceId, ModuleId and SharedAccessKey.")]
    [InlineData("HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=se$cret", "has a SharedAccessKey that is not base64.")]
    [InlineData("HostName=h;secret", "has a part without \"=\"; it must be Name=value pairs joined by \";\".")]
    public void Constructor_BadString_NamesThePartAndNoSecret(string text, string message)
    {
        var error = Assert.Throws<ModuleConfigurationException>(() => new ConnectionStringCredentials(text, null));

        Assert.Equal($"EdgeHubConnectionString {message}", error.Message);
        Assert.DoesNotContain("cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetTrustedRootsAsync_File_GivesItsCertificates()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("ca.pem"), Certificates.Pem("One") + Certificates.Pem("Two"));
        var roots = await new ConnectionStringCredentials(Good, folder.File("ca.pem")).GetTrustedRootsAsync(default);

        Assert.Equal(["CN=One", "CN=Two"], roots.Select(root => root.Subject));
        Assert.Empty(await new ConnectionStringCredentials(Good, null).GetTrustedRootsAsync(default));
    }

    [Fact]
    public async Task GetTrustedRootsAsync_FileThatIsMissing_NamesIt()
    {
        var error = await Assert.ThrowsAsync<ModuleConfigurationException>(() => new ConnectionStringCredentials(Good, "/nowhere/ca.pem").GetTrustedRootsAsync(default));

        Assert.Equal("EdgeModuleCACertificateFile is \"/nowhere/ca.pem\"; it must be a PEM file that exists.", error.Message);
    }
}

internal static class Certificates
{
    public static string Pem(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem() + "\n";
    }
}
