namespace EdgeModules.Models;

/// <summary>A model file or its manifest is not what it must be.</summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message, Exception? inner = null) : base(message, inner) => Errors = [message];

    public ModelFormatException(IReadOnlyList<string> errors) : base(string.Join(' ', errors)) => Errors = errors;

    /// <summary>All that is wrong, one or more: sentences that name the place, the value found, and what it must be.</summary>
    public IReadOnlyList<string> Errors { get; }
}
