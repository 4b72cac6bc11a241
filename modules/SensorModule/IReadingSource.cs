namespace EdgeModules.Sensing;

/// <summary>Readings in a fixed order, numbered from 0. A reading follows from its position and the <see cref="TimeBase"/>, never from the past of the process.</summary>
public interface IReadingSource : IDisposable
{
    /// <summary>
    /// Does a part of the work that opening, and later <see cref="MoveTo"/>, require; called until it returns true. A part takes some 50 ms, so that
    /// the module stays responsive while a large file is read.
    /// </summary>
    /// <exception cref="SourceException">The data cannot be used.</exception>
    bool Prepare();

    /// <summary>Equal for equal data: at most 16 hexadecimal digits that begin with <see cref="SettingsIdentity"/>. Known once opened.</summary>
    string Identity { get; }

    /// <summary>Equal for equal settings that define the data. Known at once.</summary>
    string SettingsIdentity { get; }

    /// <summary>Readings in all; null when endless or not known. Known once opened.</summary>
    long? Readings { get; }

    /// <summary>After a stop the readings are of now: those of the time between were never taken. Then <see cref="MoveTo"/> needs no <see cref="Prepare"/>.</summary>
    bool FollowsClock { get; }

    /// <summary>The times of a run that starts at position 0.</summary>
    /// <param name="now">Unix milliseconds.</param>
    SourceStart StartAt(long now, double speed);

    void MoveTo(long position, TimeBase time);

    /// <summary>
    /// Appends the reading at the current position (or the next that exists) and moves on. Tells the faults that the reading has, and those before it.
    /// </summary>
    /// <returns>False at the end of the data.</returns>
    /// <exception cref="SourceException">The data cannot be used.</exception>
    bool TryRead(ReadingBuffer buffer);
}

/// <summary>What, beside its position, decides the timestamp of a reading.</summary>
/// <param name="Milliseconds">A replay: the shift of all timestamps. Synthetic: the Unix time of the reading at <paramref name="Position"/>.</param>
public readonly record struct TimeBase(long Milliseconds, long Position);

/// <param name="FirstTime">Timestamp of the reading at position 0, in Unix milliseconds.</param>
public readonly record struct SourceStart(TimeBase Time, long FirstTime);
