using System.Diagnostics;
using EdgeModules.Testing;
using EdgeSimulator.Processes;

namespace EdgeSimulator.Tests.Processes;

public sealed class ChildLauncherTests
{
    private static readonly Dictionary<string, string> Environment = new() { ["PATH"] = System.Environment.GetEnvironmentVariable("PATH")!, ["MINE"] = "1" };

    [SkippableFact]
    public async Task Start_Child_BecomesTheCommandWithItsEnvironmentDirectoryAndArguments()
    {
        Skip.If(OperatingSystem.IsWindows(), "Runs /bin/sh.");
        using var launcher = ChildLauncher.Create();
        using var directory = new TemporaryDirectory();
        using var child = launcher.Start(new ChildCommand("/bin/sh", ["-c", "echo $$ $MINE $HOME \"$1\"; pwd; exit 7", "sh", "a b"], directory.FullPath, Environment));
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.Equal($"{child.Id} 1 a b\n{directory.FullPath}\n", output);
        Assert.Equal(7, child.ExitCode);
    }

    [SkippableFact]
    public async Task Start_FromAThreadThatEnds_ChildLivesOn()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The kernel ties children to threads on Linux only.");
        using var launcher = ChildLauncher.Create();
        Process? child = null;
        var thread = new Thread(() => child = launcher.Start(Shell("trap 'echo term; exit 3' TERM; echo up; while :; do sleep 0.05; done")));
        thread.Start();
        thread.Join();
        Assert.Equal("up", await child!.StandardOutput.ReadLineAsync());
        Assert.False(child.HasExited);

        launcher.Terminate(child);
        Assert.Equal("term", await child.StandardOutput.ReadLineAsync());
        await child.WaitForExitAsync();
        Assert.Equal(3, child.ExitCode);
        launcher.Terminate(child);
    }

    [SkippableFact]
    public async Task Dispose_Launcher_EndsItsChildren()
    {
        Skip.If(OperatingSystem.IsWindows(), "Runs /bin/sh.");
        var launcher = ChildLauncher.Create();
        using var child = launcher.Start(Shell("echo up; sleep 60"));
        Assert.Equal("up", await child.StandardOutput.ReadLineAsync());
        launcher.Dispose();
        await child.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System).Token);
    }

    [SkippableFact]
    public async Task Start_CommandThatIsAbsent_EndsWith126()
    {
        Skip.If(OperatingSystem.IsWindows(), "Exit codes of shells.");
        using var launcher = ChildLauncher.Create();
        using var child = launcher.Start(new ChildCommand("/no/such/command", [], "/", Environment));
        Assert.Contains("/no/such/command cannot be executed", await child.StandardError.ReadToEndAsync());
        await child.WaitForExitAsync();
        Assert.Equal(126, child.ExitCode);
    }

    [SkippableFact]
    public async Task Parent_KilledWithSigkill_TakesTheChildAlong()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "On other systems than Linux and Windows children outlive a parent that is killed.");
        // A shell stands for the simulator: it starts a child as the launcher does, and is killed.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" exec \"$1\" exec-child $$ /bin/sh -c 'echo $$; sleep 60' & wait", ChildLauncher.DotnetCommand, typeof(ExecChild).Assembly.Location])
        {
            RedirectStandardOutput = true,
        })!;
        var child = (await parent.StandardOutput.ReadLineAsync())!;
        Assert.True(LinuxProcess.Lives(child));
        parent.Kill();
        await Waiting.ForAsync(() => !LinuxProcess.Lives(child), "the end of the child");
    }

    [SkippableFact]
    public async Task Parent_GoneBeforeTheChildIsReady_EndsTheChild()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has a job object for this.");
        using var child = Process.Start(new ProcessStartInfo(ChildLauncher.DotnetCommand, ["exec", typeof(ExecChild).Assembly.Location, ExecChild.Verb, "1", "/bin/echo", "up"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Empty(await child.StandardOutput.ReadToEndAsync());
        await child.WaitForExitAsync();
        Assert.Equal(125, child.ExitCode);
    }

    private static ChildCommand Shell(string script) => new("/bin/sh", ["-c", script], "/", Environment);
}
