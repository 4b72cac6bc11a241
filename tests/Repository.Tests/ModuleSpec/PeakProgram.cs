using EdgeModules.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeModules.Peaking;

/// <summary>Compiled, never run: what Program.cs of the example holds.</summary>
internal static class PeakProgram
{
    public static async Task<int> MainAsync(string[] args)
    {
        return await ModuleHost.RunAsync<PeakModule, PeakSettings>(args, services => services.AddSingleton<Peaks>());
    }
}
