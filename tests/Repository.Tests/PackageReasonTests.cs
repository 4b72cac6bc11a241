using System.Xml.Linq;

namespace EdgeModules.Repository.Tests;

/// <summary>Every package is there for a reason, and the reason stands above it.</summary>
public class PackageReasonTests
{
    [Fact]
    public void Packages_OfTheRepository_HaveTheirReasons() =>
        Assert.Empty(WithoutReason(XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props"))));

    [Fact]
    public void WithoutReason_PackageBehindAnotherOne_IsFound()
    {
        var packages = XDocument.Parse("""
            <Project><ItemGroup>
              <PackageVersion Include="A.First" Version="1" />
              <!-- Two of one family. -->
              <PackageVersion Include="B.Family.One" Version="1" />
              <PackageVersion Include="B.Family.Two" Version="1" />
              <PackageVersion Include="C.Last" Version="1" />
              <!-- -->
              <PackageVersion Include="D" Version="1" />
            </ItemGroup></Project>
            """);

        Assert.Equal(["A.First", "C.Last", "D"], WithoutReason(packages));
    }

    /// <summary>A comment directly above a package is its reason, and that of the packages of the same family directly below it.</summary>
    private static IEnumerable<string> WithoutReason(XDocument packages)
    {
        foreach (var package in packages.Descendants("PackageVersion"))
        {
            var family = Family(NameOf(package));
            var above = package.PreviousNode;
            while (above is XElement other && Family(NameOf(other)) == family) above = other.PreviousNode;
            if (above is not XComment comment || comment.Value.Trim().Length < 10) yield return NameOf(package);
        }
    }

    private static string NameOf(XElement package) => package.Attribute("Include")!.Value;

    /// <summary><c>Microsoft.Azure.Devices.Client</c> → <c>Microsoft.Azure.Devices</c>; a name of one part is its own family.</summary>
    private static string Family(string name) => name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : name;
}
