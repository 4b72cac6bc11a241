using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests.Security;

/// <summary>What must not be in the code that is shipped, and in the manifests.</summary>
public partial class SourceRuleTests
{
    private static readonly string[] Manifests = ["deployment.template.json", "deployment.debug.template.json"];

    private static IReadOnlyList<string> Shipped { get; } =
        [.. RepositoryFiles.Find("*.cs")
            .Where(file => file.StartsWith("libs/", StringComparison.Ordinal) || file.StartsWith("modules/", StringComparison.Ordinal))];

    [Theory]
    [InlineData(@"TypeNameHandling\s*=|BinaryFormatter|NetDataContractSerializer|Type\.GetType\(", "Data must not choose types.")]
    [InlineData(@"Process\.Start|ProcessStartInfo|Assembly\.Load(?:File|From)?\(", "A module starts no program and loads no code.")]
    [InlineData(
        @"=>\s*true;?\s*\}?\s*,?\s*//.*certificate|DangerousAcceptAny|CheckCertificateRevocationList\s*=\s*false|SslProtocols\.(?:Ssl|Tls\b|Tls11)",
        "Certificates are looked at.")]
    [InlineData(@"\bnew Regex\(|Regex\.(?:IsMatch|Match|Matches|Replace|Split)\(", "Patterns are constants, so that no setting and no message is one.")]
    [InlineData(@"MD5\.|SHA1\.|new MD5|new SHA1|TripleDES|CipherMode\.ECB", "Broken algorithms.")]
    public void Code_ThatIsShipped_HasNone(string pattern, string why)
    {
        var forbidden = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(10));
        var found = Shipped.SelectMany(file => LinesOf(file).Where(line => forbidden.IsMatch(line)).Select(line => $"{file}: {line}")).ToList();
        Assert.True(found.Count == 0, $"{why} {string.Join("; ", found)}");
    }

    /// <summary>
    /// A leaf device sends as itself and a route of all messages would take it for a module. What comes from devices must be let in by a route that names
    /// them.
    /// </summary>
    [Fact]
    public void Routes_OfTheShippedManifests_TakeFromNamedModulesOnly()
    {
        foreach (var manifest in Manifests)
        {
            var text = RepositoryFiles.Read(manifest);
            var routes = JObject.Parse(text)["modulesContent"]!["$edgeHub"]!["properties.desired"]!["routes"]!.Children<JProperty>().ToList();
            Assert.NotEmpty(routes);
            Assert.All(routes, route => Assert.Matches(FromModule(), (string?)(route.Value as JObject)?["route"] ?? (string)route.Value!));
        }
    }

    private static IEnumerable<string> LinesOf(string file) =>
        RepositoryFiles.Read(file).Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith("//", StringComparison.Ordinal));

    [GeneratedRegex(@"\AFROM /messages/modules/\w+/outputs/\w+ ")]
    private static partial Regex FromModule();
}
