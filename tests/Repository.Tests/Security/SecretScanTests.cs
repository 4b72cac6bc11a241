using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests.Security;

/// <summary>No secret is in a file of the repository, and none gets into an image.</summary>
public partial class SecretScanTests
{
    private const long MostBytes = 2 << 20;

    /// <summary>Test keys, each made up and of no account.</summary>
    private static readonly string[] MadeUp =
    [
        // "0123456789abcdef0123456789abcdef" and its like in Base64.
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "L0FTevTV7nG52TWOq0MJxs5dTSsmm1M31uxbV4M7vyY=", "L0FTevTV7nG52TWOq0MJxs5dTSsmm1M31uxbV4M7vyY%3D",
        // Passwords in manifests, for the tests of what finds them and of what puts them in.
        "correct-horse", "not-to-be-seen",
    ];

    public static TheoryData<string> Dockerfiles => new(RepositoryFiles.Find("Dockerfile.*"));

    [Fact]
    public void Files_OfTheRepository_HaveNoSecret()
    {
        var found = RepositoryFiles.Find("*").Where(file => new FileInfo(Path.Combine(RepositoryFiles.Root, file)).Length <= MostBytes)
            .SelectMany(file => SecretsIn(RepositoryFiles.Read(file)).Select(secret => $"{file}: {secret}"));
        Assert.Empty(found);
    }

    /// <summary>Put together here, so that this file has none.</summary>
    [Theory]
    [InlineData("HostName=h.azure-devices.net;DeviceId=d;SharedAccess", "Key=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG=")]
    [InlineData("AccountName=a;Account", "Key=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG==")]
    [InlineData("https://a.blob.core.windows.net/m?sv=2024&s", "ig=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG%3D")]
    [InlineData("-----BEGIN RSA PRIVATE", " KEY-----")]
    [InlineData("-----BEGIN PRIVATE", " KEY-----")]
    [InlineData("token: gh", "p_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789")]
    [InlineData("\"password\": ", "\"AbCdEfGh1234\"")]
    public void SecretsIn_TextWithOne_FindsIt(string one, string two) => Assert.Single(SecretsIn(one + two));

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Dockerfile_OfAModule_CopiesNamedPartsOnlyAndHoldsNoSecret(string file)
    {
        var lines = RepositoryFiles.Read(file).Split('\n').Select(line => line.Trim()).ToList();
        var copied = lines.Where(line => Copy().IsMatch(line)).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1])
            .Where(part => !part.StartsWith("--", StringComparison.Ordinal));
        Assert.DoesNotContain(copied, part => part is "." or "./" or "*" or "/" || part.EndsWith(".env", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => SecretVariable().IsMatch(line));
    }

    /// <summary>What is sent to the image build: nothing but what is named.</summary>
    [Fact]
    public void Dockerignore_OfTheRepository_LeavesOutAllButTheNamed()
    {
        var lines = RepositoryFiles.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("**", lines[0]);
        var taken = lines.Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        Assert.DoesNotContain(taken, line => line.Contains(".env", StringComparison.Ordinal) || line is "*" or "**" or "." or "tests/**" or "config/**");
    }

    [Fact]
    public void EnvFile_OfTheRepository_HasNoSecret()
    {
        var given = RepositoryFiles.Read(".env").Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split('=', 2))
            .Where(parts => parts is [_, { Length: > 0 }]);
        Assert.DoesNotContain(given, parts => SecretName().IsMatch(parts[0]));
    }

    private static IEnumerable<string> SecretsIn(string text) => Secret().Matches(text).Select(match => match.Value)
        .Where(secret => !MadeUp.Any(secret.Contains));

    [GeneratedRegex(
        """
        (?:SharedAccessKey|AccountKey)=[A-Za-z0-9+/]{32,}={0,2}|[?&]sig=[A-Za-z0-9%+/]{32,}|-----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY-----
        |\bgh[pousr]_[A-Za-z0-9]{36}|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.|\bAKIA[0-9A-Z]{16}\b
        |"(?:password|clientSecret|accountKey)"\s*:\s*"(?!\$\{)[^"]{8,}"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Secret();

    [GeneratedRegex(@"\A(?:COPY|ADD)\s")]
    private static partial Regex Copy();

    [GeneratedRegex(@"\A(?:ENV|ARG)\s+\w*(?:PASSWORD|SECRET|TOKEN|CONNECTION_?STRING|ACCESS_?KEY)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretVariable();

    [GeneratedRegex("PASSWORD|SECRET|TOKEN|KEY|CONNECTION", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
