namespace EdgeSimulator.Manifests;

/// <summary>A <c>.env</c> file: <c>NAME=value</c> lines, with the comments, quotes and <c>export</c> that shells and Docker allow.</summary>
public static class EnvFile
{
    /// <exception cref="SimulatorException">The file is absent, or a line is not of that shape; the message names file and line.</exception>
    public static IReadOnlyDictionary<string, string> Read(string file)
    {
        try
        {
            return Parse(File.ReadAllLines(file), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The environment file {file} cannot be read: {error.Message}", error);
        }
    }

    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> lines, string file)
    {
        var values = new Dictionary<string, string>();
        var number = 0;
        foreach (var raw in lines)
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("export ", StringComparison.Ordinal)) line = line[7..].TrimStart();
            var equals = line.IndexOf('=');
            var name = equals < 0 ? "" : line[..equals].Trim();
            if (!IsName(name)) throw new SimulatorException($"{file}, line {number} is \"{raw}\"; it must be NAME=value.");
            values[name] = Unquote(line[(equals + 1)..].Trim());
        }

        return values;
    }

    public static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Unquote(string value)
    {
        if (value.Length > 0 && value[0] is '"' or '\'')
        {
            var close = value.IndexOf(value[0], 1);
            if (close > 0) return value[1..close];
        }

        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? value : value[..comment].TrimEnd();
    }
}
