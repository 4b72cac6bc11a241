namespace EdgeModules.Sensing.Replay;

internal static class JsonNumber
{
    /// <returns>Whether the text is a number as JSON writes it, so that it can travel with its digits as they are.</returns>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'-', ..]) text = text[1..];
        var digits = Digits(text);
        if (digits == 0 || digits > 1 && text[0] == (byte)'0') return false;
        text = text[digits..];
        if (text is [(byte)'.', ..])
        {
            digits = Digits(text[1..]);
            if (digits == 0) return false;
            text = text[(digits + 1)..];
        }

        if (text is [(byte)'e' or (byte)'E', ..])
        {
            text = text[1..];
            if (text is [(byte)'+' or (byte)'-', ..]) text = text[1..];
            digits = Digits(text);
            return digits > 0 && digits == text.Length;
        }

        return text.IsEmpty;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var other = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? text.Length : other;
    }
}
