using EdgeSimulator.Manifests;

namespace EdgeSimulator.Agent;

/// <summary>Where a build puts a module: the same configuration and framework as those of the simulator itself.</summary>
public sealed record BuildOutput(string Configuration, string Framework)
{
    /// <param name="baseDirectory">Like <c>…/bin/Debug/net10.0/</c>; anything else gives the defaults of <c>dotnet publish</c>.</param>
    public static BuildOutput Of(string baseDirectory)
    {
        var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(baseDirectory));
        return folder.Parent?.Parent?.Name == "bin" ? new BuildOutput(folder.Parent.Name, folder.Name) : new BuildOutput("Release", "net10.0");
    }

    /// <returns>The module's assembly.</returns>
    /// <exception cref="SimulatorException">The module is not built.</exception>
    public string AssemblyOf(ModuleDeployment module, ModuleImage image)
    {
        var file = AssemblyIn(image.Folder, image.Name);
        return File.Exists(file)
            ? file
            : throw new SimulatorException(
                $"Module {module.Name} is not built: {file} is absent. Build it with: dotnet build {image.Folder} -c {Configuration}");
    }

    /// <returns>Where the assembly is once the module in that folder is built.</returns>
    public string AssemblyIn(string folder, string name) => Path.Combine(folder, "bin", Configuration, Framework, name + ".dll");
}
