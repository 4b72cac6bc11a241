using System.Diagnostics;
using EdgeModules.Testing;

namespace EdgeModules.Repository.Tests;

/// <summary>tools/build-images.sh, as far as it goes without a container engine.</summary>
public sealed class BuildImagesTests
{
    [SkippableFact]
    public async Task DryRun_OneModule_PrintsTheCommandThatItsModuleJsonAsksFor()
    {
        var (code, output, _) = await RunAsync(
            "--dry-run", "--engine", "podman", "--sdk", "false", "--module", "FilterModule", "--platform", "arm64v8", "--push");

        var root = RepositoryFiles.Root;
        Assert.Equal(
            $"+ podman build --format docker --platform linux/arm64 --build-arg AzureDeviceSdk=false --file {root}/modules/FilterModule/Dockerfile.arm64v8 "
            + $"--tag registry.example/filtermodule:0.1.0-arm64v8 {root}\n+ podman push registry.example/filtermodule:0.1.0-arm64v8\n",
            output);
        Assert.Equal(0, code);
    }

    [SkippableFact]
    public async Task DryRun_EveryModule_LeavesOutAndTellsThePlatformThatOneLacks()
    {
        var (code, output, _) = await RunAsync("--dry-run", "--engine", "docker", "--platform", "arm32v7");

        Assert.Equal(0, code);
        Assert.Contains("InferenceModule has no arm32v7: its module.json lists no such platform.\n", output, StringComparison.Ordinal);
        var commands = output.Split('\n').Count(line => line.StartsWith("+ docker buildx build --platform linux/arm/v7 ", StringComparison.Ordinal));
        Assert.Equal(RepositoryFiles.Modules.Count() - 1, commands);
    }

    [SkippableTheory]
    [InlineData("the argument is \"--modul\"; it must be an option of --help.", "--modul", "X")]
    [InlineData("--module needs a value; see --help.", "--module")]
    [InlineData("--module is \"X\"; it must be a folder of modules/ with a module.json.", "--module", "X")]
    [InlineData("--platform is \"x86\"; it must be amd64, arm64v8, arm32v7 or amd64.debug.", "--platform", "x86")]
    [InlineData("--engine is \"kaniko\"; it must be docker, podman or buildah.", "--engine", "kaniko")]
    [InlineData("--sdk is \"yes\"; it must be true or false.", "--sdk", "yes")]
    [InlineData("nothing to build: no module has arm32v7.", "--dry-run", "--module", "InferenceModule", "--platform", "arm32v7")]
    public async Task Arguments_ThatCannotBe_AreRefusedWithTheReason(string reason, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);

        Assert.Equal((2, $"build-images: {reason}\n"), (code, errors));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        Skip.If(OperatingSystem.IsWindows(), "The script is for bash.");
        var start = new ProcessStartInfo("bash", [Path.Combine(RepositoryFiles.Root, "tools/build-images.sh"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["CONTAINER_REGISTRY_SERVER"] = "registry.example" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Waiting.Deadline);
        return (process.ExitCode, await output, await errors);
    }
}
