using System.ComponentModel;
using System.Diagnostics;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>Node and the packages of the peer, if this machine has them.</summary>
internal static class NodeSdk
{
    /// <summary>Set where these tests must run: what is missing then fails them instead of skipping them.</summary>
    private const string RequiredVariable = "REQUIRE_NODE_SDK";

    private const int LowestVersion = 18;
    private static readonly Lazy<string?> MissingPart = new(FindMissingPart);

    public static string Folder { get; } = Path.Combine(
        Workspace.FindRoot(AppContext.BaseDirectory) ?? throw new InvalidOperationException("These tests run inside the repository."),
        "tests", "EdgeSimulator.Conformance.Tests", "node");

    /// <summary>Skips the test with the reason, or fails it where that must not be.</summary>
    public static void Require()
    {
        if (MissingPart.Value is not { } missing) return;
        if (Environment.GetEnvironmentVariable(RequiredVariable) == "1") Assert.Fail($"{missing} {RequiredVariable} is 1, so this test must run.");
        Skip.If(true, missing);
    }

    private static string? FindMissingPart()
    {
        if (FindVersion() is not { } version) return "There is no Node on this machine: node --version cannot be run.";
        if (!(int.TryParse(version.TrimStart('v').Split('.')[0], out var major) && major >= LowestVersion))
            return $"Node is {version}; it must be {LowestVersion} or later.";
        var packages = new[] { "azure-iot-device", "azure-iot-device-mqtt", "@digicatapult/dtdl-parser" };
        return packages.All(package => Directory.Exists(Path.Combine(Folder, "node_modules", package)))
            ? null
            : $"Microsoft's Node SDK and DTDL parser are not installed: run npm ci in {Folder}.";
    }

    /// <returns>Null when there is none.</returns>
    private static string? FindVersion()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
            var version = node.StandardOutput.ReadToEnd().Trim();
            node.WaitForExit();
            return node.ExitCode == 0 ? version : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
