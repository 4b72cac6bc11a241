namespace EdgeModules.Actuating;

/// <summary>Where lines come from.</summary>
public interface IBoard
{
    /// <param name="isOn">The line's level from the first moment on.</param>
    /// <exception cref="LineException">The board has no such line, or another process holds it.</exception>
    ILine Open(GpioLine line, bool isOn);
}

/// <summary>An output line; disposing gives it back.</summary>
public interface ILine : IDisposable
{
    /// <exception cref="LineException">The line could not be set.</exception>
    void Set(bool isOn);
}

/// <summary>A line of the board does not work.</summary>
public sealed class LineException(string message, Exception? cause = null) : Exception(message, cause);
