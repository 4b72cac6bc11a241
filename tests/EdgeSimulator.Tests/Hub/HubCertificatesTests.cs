using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Testing.Fakes;
using EdgeSimulator.Hub.Security;

namespace EdgeSimulator.Tests.Hub;

public sealed class HubCertificatesTests : IDisposable
{
    private const string Gateway = "gateway.example.com";
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    private string PfxFile => _folder.File("hub.pfx");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadOrCreate_Server_IsOfTheGatewayAndSignedByTheAuthority()
    {
        using var made = HubCertificates.LoadOrCreate(PfxFile, Gateway, Now);
        using var authority = X509Certificate2.CreateFromPem(made.AuthorityPem);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.LocalDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        Assert.True(chain.Build(made.Server));
        Assert.True(made.Server.MatchesHostname(Gateway, allowCommonName: false));
        Assert.True(made.Server.HasPrivateKey);
        Assert.False(authority.HasPrivateKey);
    }

    [Fact]
    public void LoadOrCreate_NextStart_HasTheSame()
    {
        using var first = HubCertificates.LoadOrCreate(PfxFile, Gateway, Now);
        using var second = HubCertificates.LoadOrCreate(PfxFile, Gateway, Now.AddDays(300));
        Assert.Equal((first.AuthorityPem, first.Server.Thumbprint), (second.AuthorityPem, second.Server.Thumbprint));
    }

    public static TheoryData<string> Reasons => new("soon expired", "not valid yet", "other gateway", "broken file", "empty file");

    [Theory]
    [MemberData(nameof(Reasons))]
    public void LoadOrCreate_KeptOnesAreOfNoUse_MakesNewOnes(string reason)
    {
        using var first = HubCertificates.LoadOrCreate(PfxFile, Gateway, Now);
        if (reason == "broken file") File.WriteAllBytes(PfxFile, File.ReadAllBytes(PfxFile)[..100]);
        if (reason == "empty file") File.WriteAllBytes(PfxFile, []);
        var later = reason switch
        {
            "soon expired" => Now.AddDays(336),
            "not valid yet" => Now.AddDays(-2),
            _ => Now,
        };
        var gateway = reason == "other gateway" ? "elsewhere.example.com" : Gateway;
        using var second = HubCertificates.LoadOrCreate(PfxFile, gateway, later);
        Assert.NotEqual(first.AuthorityPem, second.AuthorityPem);
        Assert.True(second.Server.MatchesHostname(gateway, allowCommonName: false));
        using var third = HubCertificates.LoadOrCreate(PfxFile, gateway, later);
        Assert.Equal(second.AuthorityPem, third.AuthorityPem);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void LoadOrCreate_File_IsForThisUserOnly()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var made = HubCertificates.LoadOrCreate(PfxFile, Gateway, Now);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PfxFile));
    }
}
