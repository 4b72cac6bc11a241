using System.Text;

namespace EdgeModules.ModelTrainer;

internal static class Files
{
    private const string Family = "{family}";

    public static string ForFamily(string file, string family) => file.Replace(Family, family, StringComparison.Ordinal);

    public static bool NamesFamily(string file) => file.Contains(Family, StringComparison.Ordinal);

    public static void Write(string file, string text) => Write(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));

    /// <summary>Whole or not at all: another process may be reading the file that was there.</summary>
    public static void Write(string file, byte[] bytes)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
            File.WriteAllBytes(file + ".part", bytes);
            File.Move(file + ".part", file, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrainerException($"{file} cannot be written. {error.Message}", error);
        }
    }

    public static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrainerException($"{file} cannot be read. {error.Message}", error);
        }
    }
}
