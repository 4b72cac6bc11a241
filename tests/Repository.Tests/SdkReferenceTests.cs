using System.Text.RegularExpressions;

namespace EdgeModules.Repository.Tests;

/// <summary>Microsoft's device SDK is named in one file, so that everything else is compiled and tested where its packages are not to be had.</summary>
public partial class SdkReferenceTests
{
    [Fact]
    public void MicrosoftsSdk_IsNamedByOneFileAndItsTests() => Assert.Equal(
        ["libs/EdgeModules.Hosting/Connection/Sdk/SdkClient.cs", "tests/EdgeModules.Hosting.Tests/Connection/Sdk/SdkModuleClientTests.cs"],
        RepositoryFiles.Find("*.cs").Where(file => Using().IsMatch(RepositoryFiles.Read(file))).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"^using .*Microsoft\.Azure\.Devices", RegexOptions.Multiline)]
    private static partial Regex Using();
}
