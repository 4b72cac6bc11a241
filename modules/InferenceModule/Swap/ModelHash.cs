namespace EdgeModules.Inference.Swap;

/// <summary>A model's name in this module: the SHA-256 of its file.</summary>
internal static class ModelHash
{
    /// <summary>64 lower-case hexadecimal digits: nothing that could lead out of a folder.</summary>
    public static bool IsHex(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);
}
