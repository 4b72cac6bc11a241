using EdgeSimulator.Manifests;

namespace EdgeSimulator.Linting.Knowledge;

/// <summary>A module of this solution that a manifest deploys.</summary>
/// <param name="Name">Of its folder, project and assembly; the manifest may deploy it under another.</param>
internal sealed record KnownModule(string Name, string Folder)
{
    private const string OnnxRuntime = "Microsoft.ML.OnnxRuntime";

    /// <summary>By the placeholder, or by the repository of an image that is expanded already.</summary>
    /// <returns>Null for a module from elsewhere.</returns>
    public static KnownModule? Find(string image, ModuleImages images)
    {
        if (images.Find(image) is { } named)
            return File.Exists(Path.Combine(named.Path, named.Name + ".csproj")) ? new KnownModule(named.Name, named.Path) : null;
        var repository = ImageName.Parse(image).Repository;
        var found = images.All().FirstOrDefault(module => LastPart(module.Repository) == LastPart(repository));
        return found.Place is { } folder ? new KnownModule(folder.Name, folder.Path) : null;
    }

    /// <summary>Whether it needs the native library of ONNX Runtime.</summary>
    public bool UsesOnnxRuntime => Read(Name + ".csproj").Contains($"\"{OnnxRuntime}\"", StringComparison.Ordinal);

    /// <returns>Empty when there is no such file.</returns>
    public string Read(string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Folder, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string LastPart(string repository) => repository[(repository.LastIndexOf('/') + 1)..];
}

/// <param name="Tag">Null when there is none.</param>
internal readonly record struct ImageName(string Repository, string? Tag, bool HasDigest)
{
    public static ImageName Parse(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? image : image[..digest];
        // A colon before a slash belongs to the registry's port.
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? new ImageName(name[..colon], name[(colon + 1)..], digest >= 0) : new ImageName(name, null, digest >= 0);
    }
}
