namespace EdgeModules.Sensing;

/// <summary>The data of a source cannot be used; the message is one line that names the place, what was found, and what it must be.</summary>
public sealed class SourceException : Exception
{
    public SourceException()
    {
    }

    public SourceException(string message) : base(message)
    {
    }

    public SourceException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
