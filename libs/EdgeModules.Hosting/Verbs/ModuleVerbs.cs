using EdgeModules.Hosting.Settings;

namespace EdgeModules.Hosting.Verbs;

/// <summary>What a module's executable does when it is not to run as a module: one verb, its only argument.</summary>
internal static class ModuleVerbs
{
    private const int UsageExitCode = 2;

    /// <returns>The exit code; null when there is no argument, and the module is to run.</returns>
    public static async Task<int?> RunAsync<TModule, TSettings>(string[] arguments, TextReader input, TextWriter output, TextWriter errors)
        where TModule : EdgeModule<TSettings>
        where TSettings : class, ISettings<TSettings>, new()
    {
        switch (arguments)
        {
            case []:
                return null;
            case [HealthVerb.Name]:
                return HealthVerb.Run(output);
            case [CheckSettingsVerb.Name]:
                return await CheckSettingsVerb.RunAsync<TSettings>(input, output);
            case [DescribeVerb.Name]:
                return await DescribeVerb.RunAsync<TModule, TSettings>(output);
            default:
                await errors.WriteLineAsync(
                    $"The arguments are \"{string.Join(' ', arguments)}\"; there must be none, or one of {HealthVerb.Name}, {CheckSettingsVerb.Name}, {DescribeVerb.Name}.");
                return UsageExitCode;
        }
    }
}
