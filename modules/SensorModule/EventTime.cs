using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EdgeModules.Sensing;

/// <summary>Times as files and settings write them. Everything inside is Unix milliseconds.</summary>
public static class EventTime
{
    /// <summary>Completes "it must be …".</summary>
    public const string Must = "Unix milliseconds or an ISO-8601 time";

    private static readonly long Min = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Max = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mmK", "yyyy-MM-dd",
    ];

    /// <returns>The nearest time that a reading may have.</returns>
    public static long Clamp(long milliseconds) => Math.Clamp(milliseconds, Min, Max);

    /// <summary>A time without an offset is UTC.</summary>
    public static bool TryParse(string text, out long milliseconds) => TryParse(Encoding.UTF8.GetBytes(text), out milliseconds);

    /// <inheritdoc cref="TryParse(string, out long)"/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long milliseconds)
    {
        if (Utf8Parser.TryParse(utf8, out milliseconds, out var read) && read == utf8.Length) return milliseconds >= Min && milliseconds <= Max;
        const int longest = 40;
        Span<char> chars = stackalloc char[longest];
        var parsed = default(DateTimeOffset);
        var isTime = utf8.Length <= longest && Encoding.UTF8.TryGetChars(utf8, chars, out var length)
            && DateTimeOffset.TryParseExact(
                chars[..length], Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowTrailingWhite, out parsed);
        milliseconds = isTime ? parsed.ToUnixTimeMilliseconds() : 0;
        return isTime;
    }
}
